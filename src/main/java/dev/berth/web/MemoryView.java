package dev.berth.web;

import dev.berth.admission.Verdict;
import dev.berth.json.Json;
import dev.berth.json.ObjBuilder;

/// The figures that decide whether memory is granted, in bytes; the same as those of a refusal.
final class MemoryView {
    private MemoryView() {}

    static Json of(Verdict verdict) {
        return new ObjBuilder()
                .put("requested_bytes", verdict.requestedBytes())
                .put("available_bytes", verdict.figures().availableBytes())
                .put("committed_bytes", verdict.figures().committedBytes())
                .put("capacity_bytes", verdict.figures().capacityBytes())
                .put("queued_bytes", verdict.figures().queuedBytes())
                .build();
    }
}
