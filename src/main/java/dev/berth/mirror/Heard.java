package dev.berth.mirror;

import dev.berth.engine.EngineEvent;
import java.lang.System.Logger.Level;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/// Events of the engine that are not told yet, because no look that began after them has been applied. What comes
/// again, as the engine's ring does after a reconnect, is heard once.
final class Heard<K> {
    private static final System.Logger LOG = System.getLogger(Heard.class.getName());
    private static final int MOST_KEYS = 4096;
    private static final int MOST_OF_ONE = 32;
    /// Four times what the engine itself remembers.
    private static final int REMEMBERED = 1024;

    private final Map<K, Waiting> waiting = new LinkedHashMap<>();
    private final Set<Mark> known = new LinkedHashSet<>();

    /// By what an event is known again, for less than a tenth of its memory: two of one nanosecond that are alike in
    /// this are the same.
    private record Mark(long timeNanos, int hash) {
        static Mark of(EngineEvent event) {
            return new Mark(
                    event.timeNanos(), Objects.hash(event.type(), event.action(), event.id(), event.attributes()));
        }
    }

    private static final class Waiting {
        final Deque<EngineEvent> events = new ArrayDeque<>();
        int due;
    }

    synchronized void heard(K key, EngineEvent event) {
        if (!known.add(Mark.of(event))) return;
        if (known.size() > REMEMBERED) forgetFirst(known.iterator());
        Waiting mine = waiting.computeIfAbsent(key, _ -> new Waiting());
        mine.events.addLast(event);
        if (mine.events.size() > MOST_OF_ONE) {
            mine.events.removeFirst();
            mine.due = Math.max(0, mine.due - 1);
            LOG.log(Level.DEBUG, "of {0} more happens than can be told", key);
        }
        if (waiting.size() > MOST_KEYS) {
            LOG.log(Level.DEBUG, "more happens than can be told; what was heard of one is dropped");
            forgetFirst(waiting.keySet().iterator());
        }
    }

    private static void forgetFirst(java.util.Iterator<?> all) {
        all.next();
        all.remove();
    }

    /// A look at it begins: what was heard of it so far is told when that look is applied.
    synchronized void looking(K key) {
        Waiting mine = waiting.get(key);
        if (mine != null) mine.due = mine.events.size();
    }

    /// What the look that is being applied shows, in order.
    synchronized List<EngineEvent> due(K key) {
        return due(key, Long.MIN_VALUE);
    }

    /// The same, and what came before something else that the look shows, even if it was heard while the look went on.
    ///
    /// @param before in the engine's clock, nanoseconds since 1970
    synchronized List<EngineEvent> due(K key, long before) {
        Waiting mine = waiting.get(key);
        if (mine == null) return List.of();
        List<EngineEvent> due = new ArrayList<>();
        while (!mine.events.isEmpty() && (mine.due > 0 || mine.events.getFirst().timeNanos() < before)) {
            due.add(mine.events.removeFirst());
            mine.due = Math.max(0, mine.due - 1);
        }
        if (mine.events.isEmpty()) waiting.remove(key);
        return due;
    }

    /// Everything, since nothing will be looked at any more.
    synchronized List<EngineEvent> all(K key) {
        Waiting mine = waiting.remove(key);
        return mine == null ? List.of() : List.copyOf(mine.events);
    }

    /// Whether something of this kind waits to be told.
    synchronized boolean waits(K key, String action) {
        Waiting mine = waiting.get(key);
        return mine != null && mine.events.stream().anyMatch(it -> it.action().equals(action));
    }
}
