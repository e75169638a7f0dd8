package dev.berth.access;

import java.util.Set;

/// Who asks, and what they may do.
///
/// @param name of the token; shown in jobs and logs
public record Caller(String name, Set<Right> rights) {
    public boolean may(Right right) {
        return rights.contains(right);
    }
}
