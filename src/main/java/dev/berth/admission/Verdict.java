package dev.berth.admission;

import dev.berth.model.Failure;
import dev.berth.model.MemorySize;

/// Whether a wish can be granted now, and the figures that decide.
///
/// @param requestedBytes what it adds to what is committed, in bytes
/// @param possible whether it could be granted on an empty host
public record Verdict(boolean admitted, boolean possible, long requestedBytes, MemoryFigures figures) {
    /// The same as a refusal.
    public Failure refusal() {
        String left = new MemorySize(figures.availableBytes()) + " of " + new MemorySize(figures.capacityBytes());
        String why = possible && requestedBytes <= figures.availableBytes()
                ? "others wait for memory before this request"
                : new MemorySize(requestedBytes) + " is asked for, and " + left + " is left";
        return new Failure.Refused(
                        "not-enough-memory",
                        why + (possible ? "; ?wait=<seconds> waits for its turn" : "; more than there will ever be"))
                .with("requested_bytes", requestedBytes)
                .with("available_bytes", figures.availableBytes())
                .with("committed_bytes", figures.committedBytes())
                .with("capacity_bytes", figures.capacityBytes())
                .with("queued_bytes", figures.queuedBytes());
    }
}
