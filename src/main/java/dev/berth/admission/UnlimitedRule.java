package dev.berth.admission;

/// What a container without a memory limit counts, and whether one may be made.
public enum UnlimitedRule {
    /// What it uses at the moment, its working set: an estimate, since it may grow.
    USAGE,
    /// All of the capacity, as the original had it: nothing fits beside one.
    CAPACITY,
    /// None may be made; those of others count all of the capacity.
    REFUSE
}
