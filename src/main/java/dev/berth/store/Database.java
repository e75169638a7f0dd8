package dev.berth.store;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/// One SQLite file with one connection, opened by the first transaction. What a transaction wrote is on the disk when
/// it has returned.
public final class Database implements AutoCloseable {
    private final Path file;
    private final Opening opening;
    private final ReentrantLock turn = new ReentrantLock();
    private @Nullable Connection open;
    private boolean closed;

    Database(Path file, Opening opening) {
        this.file = file;
        this.opening = opening;
    }

    /// Costs nothing, and touches no file before the first transaction.
    public static Database at(Path file) {
        return new Database(file, new Opening(file, Schema::ours));
    }

    /// Whether anything has ever been written. Unlike a transaction, asking costs nothing and makes no file.
    public boolean exists() {
        return Files.exists(file);
    }

    /// Runs `work` alone, and keeps all that it wrote, or nothing if it throws.
    ///
    /// @throws DatabaseFailure if the file cannot be opened, read or written; the message names it
    public <T> T transact(Work<T> work) {
        if (turn.isHeldByCurrentThread()) throw new IllegalStateException("a transaction within a transaction");
        turn.lock();
        try {
            return kept(connection(), work);
        } catch (SQLException | IOException failed) {
            throw new DatabaseFailure("the database " + file + " failed: " + failed.getMessage(), failed);
        } finally {
            turn.unlock();
        }
    }

    private Connection connection() throws SQLException, IOException {
        if (closed) throw new DatabaseFailure("the database " + file + " is closed", null);
        Connection connection = open;
        if (connection == null) {
            connection = opening.open();
            open = connection;
        }
        return connection;
    }

    private <T> T kept(Connection connection, Work<T> work) throws SQLException {
        boolean kept = false;
        try {
            execute(connection, "BEGIN IMMEDIATE");
            T result = work.on(connection);
            execute(connection, "COMMIT");
            kept = true;
            return result;
        } finally {
            if (!kept) rollBack(connection);
        }
    }

    /// After some failures, such as a full disk, SQLite has rolled back already; a new connection is right in any case.
    private void rollBack(Connection connection) throws SQLException {
        try {
            execute(connection, "ROLLBACK");
        } catch (SQLException undone) {
            open = null;
            connection.close();
        }
    }

    private static void execute(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    /// Waits for the transaction under way; later ones are refused.
    @Override
    public void close() {
        turn.lock();
        try {
            closed = true;
            Connection connection = open;
            open = null;
            if (connection != null) connection.close();
        } catch (SQLException failed) {
            throw new DatabaseFailure("the database " + file + " was not closed: " + failed.getMessage(), failed);
        } finally {
            turn.unlock();
        }
    }
}
