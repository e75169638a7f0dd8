package dev.berth.store;

import java.sql.Connection;
import java.sql.SQLException;

/// What is done in one transaction; it neither commits nor closes the connection.
@FunctionalInterface
public interface Work<T> {
    T on(Connection connection) throws SQLException;
}
