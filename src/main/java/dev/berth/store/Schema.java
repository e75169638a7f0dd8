package dev.berth.store;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;

/// The migrations, oldest first: the n-th leads to version n. One that was released never changes.
record Schema(List<String> migrations) {
    private static final List<String> FILES = List.of("0001-idempotency-keys.sql", "0002-jobs.sql", "0003-updates.sql");

    static Schema ours() {
        return new Schema(FILES.stream().map(Schema::read).toList());
    }

    int version() {
        return migrations.size();
    }

    /// Leads from the version before to this one, whole or not at all.
    void migrate(Connection connection, int version) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute("BEGIN IMMEDIATE");
            for (String sql : Stream.of(migrations.get(version - 1), "PRAGMA user_version = " + version, "COMMIT")
                    .toList()) statement.executeUpdate(sql);
        }
    }

    private static String read(String name) {
        try (InputStream file = Objects.requireNonNull(Schema.class.getResourceAsStream("/store/" + name), name)) {
            return new String(file.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException broken) {
            throw new IllegalStateException("the program's own file " + name + " cannot be read", broken);
        }
    }
}
