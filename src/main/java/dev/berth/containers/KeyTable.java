package dev.berth.containers;

import dev.berth.store.Database;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/// The rows of the table `idempotency_key`; each call is one transaction.
record KeyTable(Database database) {
    private static final Duration LIFE = Duration.ofHours(24);

    /// A key belongs to its caller.
    record OwnedKey(String caller, String key) {}

    record Row(String bodyHash, String operation, Optional<String> container, Optional<String> answer) {}

    /// The row, unless it has expired.
    Optional<Row> find(OwnedKey id, Instant now) {
        return database.transact(connection -> find(connection, id, now));
    }

    /// Writes a row anew; expired ones, of whatever key, go.
    void write(OwnedKey id, Row row, Instant now) {
        database.transact(connection -> {
            expire(connection, now);
            try (PreparedStatement insert = connection.prepareStatement(
                    "INSERT OR REPLACE INTO idempotency_key VALUES (?, ?, ?, ?, ?, ?, ?)")) {
                insert.setString(1, id.caller());
                insert.setString(2, id.key());
                insert.setString(3, row.bodyHash());
                insert.setString(4, row.operation());
                insert.setString(5, row.container().orElse(null));
                insert.setString(6, row.answer().orElse(null));
                insert.setLong(7, now.toEpochMilli());
                return insert.executeUpdate();
            }
        });
    }

    void answered(OwnedKey id, String answer) {
        update(
                "UPDATE idempotency_key SET answer = ? WHERE caller = ? AND key = ? AND container IS NOT NULL",
                answer,
                id);
    }

    void remove(OwnedKey id, String operation) {
        update("DELETE FROM idempotency_key WHERE operation = ? AND caller = ? AND key = ?", operation, id);
    }

    private void update(String sql, String value, OwnedKey id) {
        database.transact(connection -> {
            try (PreparedStatement update = connection.prepareStatement(sql)) {
                update.setString(1, value);
                update.setString(2, id.caller());
                update.setString(3, id.key());
                return update.executeUpdate();
            }
        });
    }

    private static Optional<Row> find(Connection connection, OwnedKey id, Instant now) throws SQLException {
        try (PreparedStatement select =
                connection.prepareStatement("SELECT body_hash, operation, container, answer FROM idempotency_key"
                        + " WHERE caller = ? AND key = ? AND created > ?")) {
            select.setString(1, id.caller());
            select.setString(2, id.key());
            select.setLong(3, expiry(now));
            try (ResultSet rows = select.executeQuery()) {
                if (!rows.next()) return Optional.empty();
                return Optional.of(new Row(
                        rows.getString(1),
                        rows.getString(2),
                        Optional.ofNullable(rows.getString(3)),
                        Optional.ofNullable(rows.getString(4))));
            }
        }
    }

    private static void expire(Connection connection, Instant now) throws SQLException {
        try (PreparedStatement delete = connection.prepareStatement("DELETE FROM idempotency_key WHERE created <= ?")) {
            delete.setLong(1, expiry(now));
            delete.executeUpdate();
        }
    }

    /// Rows of this moment, and older ones, have expired.
    private static long expiry(Instant now) {
        return now.minus(LIFE).toEpochMilli();
    }
}
