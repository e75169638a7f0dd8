package dev.berth.jobs;

import dev.berth.json.JsonReader;
import dev.berth.model.Failure;
import dev.berth.store.Database;
import java.lang.System.Logger.Level;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/// The rows of the table `job`; each call is one transaction.
///
/// @param mostKept of those that have ended
record JobTable(Database database, int mostKept) {
    private static final System.Logger LOG = System.getLogger(JobTable.class.getName());
    private static final long NANOS = 1_000_000_000;

    /// @param cancelled whether its end was asked for, which may be before it came
    record Row(JobView view, boolean cancelled) {}

    /// Writes rows, each anew; when one has ended, what is older than `oldest` or too much goes.
    void write(Collection<Row> rows, Instant oldest) {
        database.transact(connection -> {
            insert(connection, rows);
            if (rows.stream().anyMatch(it -> it.view().state().ended())) forget(connection, oldest);
            return rows.size();
        });
    }

    /// All that have not ended, and the latest of those that ended since. A row that makes no sense is left out.
    List<Row> read(Instant oldest) {
        if (!database.exists()) return List.of();
        return database.transact(connection -> {
            try (PreparedStatement select = connection.prepareStatement("SELECT * FROM job"
                    + " WHERE finished IS NULL OR finished >= ?1 ORDER BY finished IS NULL DESC, finished DESC"
                    + " LIMIT (SELECT count(*) FROM job WHERE finished IS NULL) + ?2")) {
                select.setLong(1, nanos(oldest));
                select.setInt(2, mostKept);
                var all = new ArrayList<Row>();
                try (ResultSet rows = select.executeQuery()) {
                    while (rows.next()) row(rows).ifPresent(all::add);
                }
                return all;
            }
        });
    }

    private static void insert(Connection connection, Collection<Row> rows) throws SQLException {
        try (PreparedStatement insert =
                connection.prepareStatement("INSERT OR REPLACE INTO job VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)")) {
            for (Row row : rows) {
                JobView job = row.view();
                insert.setString(1, job.id());
                insert.setString(2, job.kind());
                insert.setString(3, job.state().word());
                insert.setString(4, job.requestedBy());
                insert.setLong(5, nanos(job.created()));
                set(insert, 6, job.started());
                set(insert, 7, job.finished());
                insert.setString(8, job.detail().orElse(null));
                insert.setBoolean(9, job.needsAttention());
                insert.setBoolean(10, row.cancelled());
                insert.setString(11, ItemJson.text(job.items()));
                insert.executeUpdate();
            }
        }
    }

    private void forget(Connection connection, Instant oldest) throws SQLException {
        try (PreparedStatement delete = connection.prepareStatement("DELETE FROM job WHERE finished < ?1 OR id IN"
                + " (SELECT id FROM job WHERE finished IS NOT NULL ORDER BY finished DESC LIMIT -1 OFFSET ?2)")) {
            delete.setLong(1, nanos(oldest));
            delete.setInt(2, mostKept);
            delete.executeUpdate();
        }
    }

    private static Optional<Row> row(ResultSet rows) throws SQLException {
        try {
            var view = new JobView(
                    rows.getString("id"),
                    rows.getString("kind"),
                    JobState.parse(rows.getString("state")),
                    rows.getString("requested_by"),
                    instant(rows.getLong("created")),
                    time(rows, "started"),
                    time(rows, "finished"),
                    Optional.ofNullable(rows.getString("detail")),
                    rows.getBoolean("needs_attention"),
                    ItemJson.parse(rows.getString("items")));
            return Optional.of(new Row(view, rows.getBoolean("cancelled")));
        } catch (JsonReader.Broken | Failure.Invalid senseless) {
            LOG.log(Level.WARNING, "the job {0} cannot be read: {1}", rows.getString("id"), senseless.getMessage());
            return Optional.empty();
        }
    }

    private static void set(PreparedStatement statement, int place, Optional<Instant> time) throws SQLException {
        if (time.isPresent()) statement.setLong(place, nanos(time.get()));
        else statement.setNull(place, Types.INTEGER);
    }

    private static Optional<Instant> time(ResultSet rows, String column) throws SQLException {
        long nanos = rows.getLong(column);
        return rows.wasNull() ? Optional.empty() : Optional.of(instant(nanos));
    }

    private static long nanos(Instant time) {
        return Math.addExact(Math.multiplyExact(time.getEpochSecond(), NANOS), time.getNano());
    }

    private static Instant instant(long nanos) {
        return Instant.ofEpochSecond(Math.floorDiv(nanos, NANOS), Math.floorMod(nanos, NANOS));
    }
}
