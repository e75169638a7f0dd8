package dev.berth.admission;

import dev.berth.model.Container;
import dev.berth.model.ContainerId;
import dev.berth.model.MemorySize;
import dev.berth.model.Status;
import dev.berth.stats.Sample;
import dev.berth.stats.SampleTable;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeSet;

/// What is promised: the containers that the mirror shows, and the holds of what is under way. Whoever uses it
/// holds one lock; every sum is made anew from its parts, so none can drift.
///
/// A container is charged for the larger of what the mirror shows and what is held for it, never for both.
final class Ledger {
    private final AdmissionSettings settings;
    private final Map<ContainerId, Container> charged = new HashMap<>();
    private final Set<Held> holds = new LinkedHashSet<>();
    private final Deque<Waiter> line = new ArrayDeque<>();

    /// A hold as the ledger sees it; told from others by identity.
    static final class Held {
        final Optional<MemorySize> limit;
        /// Several where only one of them ever runs.
        Set<ContainerId> containers;

        Held(Ask ask) {
            this.limit = ask.limit();
            this.containers = ask.container().map(Set::of).orElse(Set.of());
        }

        void bind(ContainerId container) {
            var all = new TreeSet<>(containers);
            all.add(container);
            containers = Set.copyOf(all);
        }
    }

    /// Somebody in the line; told from others by identity.
    static final class Waiter {
        final Ask ask;
        /// Under which the feed knows it; 0 until it has been told that it waits.
        long number;
        /// The place that was told last.
        int place;

        Waiter(Ask ask) {
            this.ask = ask;
        }
    }

    /// The moment at which is decided.
    record Moment(MemorySize physical, SampleTable samples) {}

    Ledger(AdmissionSettings settings) {
        this.settings = settings;
    }

    /// Takes what an inspect showed.
    void saw(Container container) {
        if (counts(container)) charged.put(container.id(), container);
        else charged.remove(container.id());
    }

    void gone(ContainerId id) {
        charged.remove(id);
    }

    /// A container in a pause between two starts has its memory back at any moment.
    private static boolean counts(Container container) {
        return container.status().alive() || container.status() == Status.RESTARTING || container.pid() != 0;
    }

    Deque<Waiter> line() {
        return line;
    }

    Held hold(Ask ask) {
        var held = new Held(ask);
        holds.add(held);
        return held;
    }

    boolean release(Held held) {
        return holds.remove(held);
    }

    /// @param waiter who asks, if it stands in the line
    Verdict decide(Ask ask, Optional<Waiter> waiter, Moment moment) {
        MemoryFigures figures = figures(moment);
        long wanted = bytes(ask.limit(), moment);
        long present = ask.container().map(it -> charge(it, moment)).orElse(0L);
        long more = Math.max(0, wanted - present);
        boolean possible = wanted <= figures.capacityBytes();
        boolean itsTurn = line.isEmpty() || waiter.equals(Optional.ofNullable(line.peekFirst()));
        boolean fits = more <= figures.capacityBytes() - figures.committedBytes(); // which may be below 0
        return new Verdict(more == 0 || (possible && itsTurn && fits), possible || more == 0, more, figures);
    }

    MemoryFigures figures(Moment moment) {
        long limits = 0;
        long unlimited = 0;
        long used = 0;
        for (Container container : charged.values()) {
            used = MemoryFigures.sum(used, workingSet(container, moment).orElse(0));
            if (container.memoryLimit().isPresent())
                limits = MemoryFigures.sum(limits, container.memoryLimit().get().bytes());
            else unlimited = MemoryFigures.sum(unlimited, view(container, moment));
        }
        long queued = 0;
        for (Waiter waiter : line) queued = MemoryFigures.sum(queued, bytes(waiter.ask.limit(), moment));
        return new MemoryFigures(
                moment.physical().bytes(),
                settings.capacity(moment.physical()),
                limits,
                unlimited,
                held(moment),
                queued,
                used);
    }

    /// Of several holds of one container the largest counts, and of that what the mirror does not show yet.
    private long held(Moment moment) {
        long sum = 0;
        var largest = new HashMap<Set<ContainerId>, Long>();
        for (Held held : holds) {
            long bytes = bytes(held.limit, moment);
            if (held.containers.isEmpty()) sum = MemoryFigures.sum(sum, bytes);
            else largest.merge(held.containers, bytes, Math::max);
        }
        for (Map.Entry<Set<ContainerId>, Long> one : largest.entrySet()) {
            long shown = 0;
            for (ContainerId id : one.getKey()) shown = MemoryFigures.sum(shown, view(id, moment));
            sum = MemoryFigures.sum(sum, Math.max(0, one.getValue() - shown));
        }
        return sum;
    }

    private long charge(ContainerId id, Moment moment) {
        long charge = view(id, moment);
        for (Held held : holds) if (held.containers.contains(id)) charge = Math.max(charge, bytes(held.limit, moment));
        return charge;
    }

    private long view(ContainerId id, Moment moment) {
        return Optional.ofNullable(charged.get(id)).map(it -> view(it, moment)).orElse(0L);
    }

    private long view(Container container, Moment moment) {
        if (container.memoryLimit().isPresent())
            return container.memoryLimit().get().bytes();
        if (settings.unlimited() != UnlimitedRule.USAGE) return settings.capacity(moment.physical());
        return workingSet(container, moment).orElse(settings.unlimitedInitial().bytes());
    }

    private long bytes(Optional<MemorySize> limit, Moment moment) {
        if (limit.isPresent()) return limit.get().bytes();
        return settings.unlimited() == UnlimitedRule.USAGE
                ? settings.unlimitedInitial().bytes()
                : settings.capacity(moment.physical());
    }

    private static OptionalLong workingSet(Container container, Moment moment) {
        return moment.samples().of(container).map(Sample::workingSet).orElse(OptionalLong.empty());
    }
}
