package dev.berth.model;

/// One thing that is wrong with a request.
///
/// @param field the offending field as a path, such as `ports.80/tcp` or `environment[2]`
/// @param problem what is wrong and what would be right
public record Fault(String field, String problem) {}
