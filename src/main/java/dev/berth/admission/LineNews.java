package dev.berth.admission;

import dev.berth.admission.Ledger.Waiter;
import dev.berth.feed.Feed;
import dev.berth.feed.Happening;
import dev.berth.feed.Kind;
import java.util.Deque;

/// Tells the feed who is refused, who waits, and how the line moves. Called under the ledger's lock, after the change.
final class LineNews {
    /// Every step of a line of thousands would push everything else out of the feed: those further behind hear of
    /// their place when they come and again from here on.
    private static final int MOVES_TOLD = 64;

    /// How somebody's waiting ended.
    enum End {
        ADMITTED,
        /// Its time is over, or there will never be enough.
        REFUSED,
        /// Nobody asks any more.
        GONE
    }

    private final Feed feed;
    private long waiters;

    LineNews(Feed feed) {
        this.feed = feed;
    }

    void refused(Ask ask, Verdict verdict) {
        feed.publish(withFigures(of("refused", ask), verdict));
    }

    /// Where it stands, if it has not been told: whoever is granted at once has never waited.
    void waits(Waiter waiter, Verdict verdict, Deque<Waiter> line) {
        if (waiter.number != 0) return;
        waiter.number = ++waiters;
        waiter.place = place(waiter, line);
        feed.publish(withFigures(of("waiting", waiter), verdict));
    }

    /// Also those behind it, whose places change.
    void left(Waiter waiter, End end, Deque<Waiter> line) {
        if (waiter.number != 0)
            feed.publish(
                    switch (end) {
                        case ADMITTED -> of("admitted", waiter);
                        case REFUSED -> of("left", waiter).with("reason", "refused");
                        case GONE -> of("left", waiter).with("reason", "gone");
                    });
        moved(line);
    }

    private void moved(Deque<Waiter> line) {
        int place = 0;
        for (Waiter waiter : line) {
            place++;
            if (place > MOVES_TOLD) return;
            if (waiter.number == 0 || waiter.place == place) continue;
            waiter.place = place;
            feed.publish(of("moved", waiter).with("position", place));
        }
    }

    private static int place(Waiter waiter, Deque<Waiter> line) {
        int place = 0;
        for (Waiter other : line) {
            place++;
            if (other.equals(waiter)) return place;
        }
        return place + 1;
    }

    private static Happening withFigures(Happening what, Verdict verdict) {
        return what.with("requested_bytes", verdict.requestedBytes())
                .with("available_bytes", verdict.figures().availableBytes());
    }

    private static Happening of(String action, Waiter waiter) {
        return of(action, waiter.ask).with("waiter", waiter.number).with("position", waiter.place);
    }

    private static Happening of(String action, Ask ask) {
        Happening what = Happening.of(Kind.ADMISSION, action).with("what", ask.what());
        return ask.container()
                .map(it -> what.concerning(it, "").with("container_id", it.hex()))
                .orElse(what);
    }
}
