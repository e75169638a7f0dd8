package dev.berth.model;

/// The engine and the machine it runs on.
///
/// @param engineId tells one engine from another
/// @param hostname of the engine's machine
/// @param cpus how many CPUs it has
/// @param memory its physical memory
/// @param kernel its kernel's release
public record Host(
        String engineId,
        String engineName,
        String engineVersion,
        String apiVersion,
        String hostname,
        int cpus,
        MemorySize memory,
        String kernel) {}
