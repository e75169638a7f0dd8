package dev.berth.store;

import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Properties;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.sqlite.JDBC;
import org.sqlite.SQLiteErrorCode;

/// Makes or opens the file, and brings it to the program's version. A file that it cannot understand stays as it is.
record Opening(Path file, Supplier<Schema> schema) {
    private static final System.Logger LOG = System.getLogger(Database.class.getName());
    /// In the low byte; the rest of a code says more about it.
    private static final Set<Integer> DAMAGE =
            Set.of(SQLiteErrorCode.SQLITE_NOTADB.code, SQLiteErrorCode.SQLITE_CORRUPT.code);

    Connection open() throws SQLException, IOException {
        Path whole = file.toAbsolutePath();
        NativeLibrary.load(whole.resolveSibling("native"));
        makeIfMissing(whole);
        // As a URI: in a bare path the driver takes what follows a question mark for settings.
        Connection connection = JDBC.createConnection("jdbc:sqlite:" + whole.toUri(), new Properties());
        boolean opened = false;
        try {
            prepare(connection);
            opened = true;
            return connection;
        } finally {
            if (!opened) connection.close();
        }
    }

    /// SQLite gives the files beside it the same mode.
    private static void makeIfMissing(Path file) throws IOException {
        try {
            Files.createFile(file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        } catch (FileAlreadyExistsException usual) {
            LOG.log(Level.DEBUG, "{0} is there", file);
        }
    }

    private void prepare(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute("PRAGMA busy_timeout = 5000"); // a backup, or somebody with SQLite's own shell
            requireSound(statement);
            int version = Integer.parseInt(first(statement, "PRAGMA user_version"));
            Schema known = schema.get();
            if (version > known.version()) throw tooNew(version, known.version());
            statement.execute("PRAGMA journal_mode = WAL");
            statement.execute("PRAGMA synchronous = FULL");
            statement.execute("PRAGMA foreign_keys = ON");
            for (int next = version + 1; next <= known.version(); next++) {
                known.migrate(connection, next);
                LOG.log(Level.INFO, "the database {0} has version {1} now", file, next);
            }
        }
    }

    private void requireSound(Statement statement) throws SQLException {
        try {
            String found = first(statement, "PRAGMA quick_check(1)");
            if (!found.equals("ok")) throw damaged(found, null);
        } catch (SQLException failed) {
            if (DAMAGE.contains(failed.getErrorCode() & 0xff))
                throw damaged(String.valueOf(failed.getMessage()), failed);
            throw failed;
        }
    }

    private DatabaseFailure damaged(String found, @Nullable Throwable cause) {
        return new DatabaseFailure(
                "the database " + file + " is damaged, and was left as it is (" + found
                        + "). Stop Berth and put a backup in its place, or move it away with the files "
                        + file.getFileName() + "-wal and -shm: Berth then begins an empty one",
                cause);
    }

    private DatabaseFailure tooNew(int version, int known) {
        return new DatabaseFailure(
                "the database " + file + " has version " + version + ", this Berth knows none above " + known
                        + ". Run the newer Berth that wrote it, or put a backup from before the update in its place",
                null);
    }

    private static String first(Statement statement, String sql) throws SQLException {
        try (ResultSet rows = statement.executeQuery(sql)) {
            rows.next();
            return rows.getString(1);
        }
    }
}
