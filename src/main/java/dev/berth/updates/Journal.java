package dev.berth.updates;

import dev.berth.json.Json;
import dev.berth.json.JsonReader;
import dev.berth.json.JsonWriter;
import dev.berth.model.ContainerId;
import dev.berth.store.Database;
import dev.berth.store.DatabaseFailure;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/// The rows of the tables `update_journal` and `update_failure`; what a call has written is on the disk when it
/// returns.
///
/// A way back must not need room on a full disk: a file of ballast beside the database goes when a write fails.
public final class Journal {
    private static final System.Logger LOG = System.getLogger(Journal.class.getName());
    private static final int BALLAST_BYTES = 1 << 20;
    private static final Duration FAILURES_KEPT = Duration.ofDays(90);

    private final Database database;
    private final Path ballast;

    /// @param folder where the database lies
    public Journal(Database database, Path folder) {
        this.database = database;
        this.ballast = folder.resolve("ballast");
    }

    /// Writes how an update stands now.
    ///
    /// @throws DatabaseFailure if it cannot be written; a second attempt may succeed, as room was made for it
    void write(Entry entry) {
        try {
            keep(entry);
        } catch (DatabaseFailure failed) {
            makeRoom();
            throw failed;
        }
    }

    private void keep(Entry entry) {
        byte[] json = JsonWriter.bytes(entry.json());
        database.transact(connection -> {
            try (PreparedStatement write =
                    connection.prepareStatement("INSERT OR REPLACE INTO update_journal VALUES (?, ?, ?, ?)")) {
                write.setString(1, entry.operation);
                write.setString(2, entry.step.word());
                write.setBoolean(3, entry.back);
                write.setString(4, new String(json, StandardCharsets.UTF_8));
                return write.executeUpdate();
            }
        });
    }

    void remove(Entry entry) {
        database.transact(connection -> {
            try (PreparedStatement delete =
                    connection.prepareStatement("DELETE FROM update_journal WHERE operation = ?")) {
                delete.setString(1, entry.operation);
                return delete.executeUpdate();
            }
        });
    }

    /// What is not finished, oldest first.
    List<Entry> open() {
        if (!database.exists()) return List.of();
        return database.transact(connection -> {
            var entries = new ArrayList<Entry>();
            try (PreparedStatement select = connection.prepareStatement(
                            "SELECT operation, step, back, entry FROM update_journal ORDER BY rowid");
                    ResultSet rows = select.executeQuery()) {
                while (rows.next())
                    entries.add(Entry.read(
                            rows.getString(1),
                            Step.parse(rows.getString(2)),
                            rows.getBoolean(3),
                            json(rows.getString(4))));
            }
            return entries;
        });
    }

    private static Json json(String text) throws SQLException {
        try {
            byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
            return JsonReader.engine(bytes, 0, bytes.length);
        } catch (JsonReader.Broken broken) {
            throw new SQLException("an update in the journal is not JSON", broken);
        }
    }

    /// Remembers that a container was put back from an image.
    void failed(ContainerId container, String imageId, Instant now) {
        database.transact(connection -> {
            forget(connection, now);
            try (PreparedStatement insert =
                    connection.prepareStatement("INSERT OR REPLACE INTO update_failure VALUES (?, ?, ?)")) {
                insert.setString(1, container.hex());
                insert.setString(2, imageId);
                insert.setLong(3, now.toEpochMilli());
                return insert.executeUpdate();
            }
        });
    }

    private static void forget(Connection connection, Instant now) throws SQLException {
        try (PreparedStatement delete = connection.prepareStatement("DELETE FROM update_failure WHERE failed <= ?")) {
            delete.setLong(1, now.minus(FAILURES_KEPT).toEpochMilli());
            delete.executeUpdate();
        }
    }

    /// The images that a container was put back from.
    Set<String> failures(ContainerId container) {
        return database.transact(connection -> {
            try (PreparedStatement select =
                    connection.prepareStatement("SELECT image FROM update_failure WHERE container = ?")) {
                select.setString(1, container.hex());
                var images = new TreeSet<String>();
                try (ResultSet rows = select.executeQuery()) {
                    while (rows.next()) images.add(rows.getString(1));
                }
                return images;
            }
        });
    }

    /// Lays the ballast down, if there is none.
    void layBallast() {
        try {
            if (!Files.exists(ballast)) Files.write(ballast, new byte[BALLAST_BYTES]);
        } catch (IOException full) {
            LOG.log(
                    Level.WARNING,
                    "no room for {0}, which updates need on a full disk: {1}",
                    ballast,
                    full.getMessage());
        }
    }

    private void makeRoom() {
        try {
            if (Files.deleteIfExists(ballast))
                LOG.log(Level.WARNING, "{0} made room for the journal of updates", ballast);
        } catch (IOException stuck) {
            LOG.log(Level.WARNING, "{0} cannot be removed: {1}", ballast, stuck.getMessage());
        }
    }
}
