package dev.berth.web;

import java.util.Set;

/// Where the server listens and which names it answers to.
///
/// @param port 0 lets the system pick one
/// @param names host names, lower case, without a port; addresses are always ours
public record ServerSettings(String host, int port, Set<String> names) {}
