package dev.berth.updates;

import dev.berth.admission.Admission;
import dev.berth.admission.Ask;
import dev.berth.admission.Hold;
import dev.berth.model.ContainerId;
import dev.berth.model.MemorySize;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// The memory of those that an update is about, from before the first one stops until the end: only one of a
/// pair runs, so what both share is the larger of them. One made with `--rm` is frozen and keeps its memory:
/// there it takes both.
final class Holds implements AutoCloseable {
    private final List<Hold> all = new ArrayList<>();
    private final Map<ContainerId, Hold> ofOld = new HashMap<>();

    /// @param granted whether it was granted in an earlier life of the server
    /// @throws dev.berth.model.Failure.Refused if there is not enough memory
    Holds(Admission admission, Entry entry, boolean granted) {
        boolean whole = false;
        try {
            for (Pair pair : entry.pairs()) if (pair.was().ran()) hold(admission, pair, granted);
            whole = true;
        } finally {
            if (!whole) close();
        }
    }

    private void hold(Admission admission, Pair pair, boolean granted) {
        Optional<ContainerId> charged = pair.removesItself() ? Optional.empty() : Optional.of(pair.old());
        var ask = new Ask("update " + pair.name(), charged, limit(pair));
        Hold hold = granted ? admission.holdAgain(ask) : admission.hold(ask);
        all.add(hold);
        ofOld.put(pair.old(), hold);
        pair.next().ifPresent(hold::bind);
    }

    private static Optional<MemorySize> limit(Pair pair) {
        long bytes = pair.successor().body().at("HostConfig", "Memory").wholeOr(0);
        return bytes > 0 ? Optional.of(new MemorySize(bytes)) : Optional.empty();
    }

    /// A successor has been made.
    void bind(Entry entry, ContainerId next) {
        for (Pair pair : entry.pairs())
            if (pair.next().equals(Optional.of(next)))
                Optional.ofNullable(ofOld.get(pair.old())).ifPresent(it -> it.bind(next));
    }

    @Override
    public void close() {
        all.forEach(Hold::close);
    }
}
