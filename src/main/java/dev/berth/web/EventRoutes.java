package dev.berth.web;

import dev.berth.access.Right;
import dev.berth.feed.EventId;
import dev.berth.feed.Feed;
import dev.berth.feed.Item;
import dev.berth.mirror.Execs;
import dev.berth.mirror.Mirror;
import dev.berth.model.Container;
import dev.berth.model.ContainerId;
import dev.berth.model.Failure;
import java.io.IOException;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// What happens, as it happens.
final class EventRoutes {
    private static final Duration HEARTBEAT = Duration.ofSeconds(15);
    private static final Duration RETRY = Duration.ofSeconds(2);
    private static final String LAST_EVENT = "Last-Event-ID";
    /// The same for clients that cannot set a header.
    private static final String SINCE = "since";

    private final Mirror mirror;
    private final Feed feed;
    private final Duration heartbeat;

    EventRoutes(Mirror mirror, Feed feed) {
        this(mirror, feed, HEARTBEAT);
    }

    EventRoutes(Mirror mirror, Feed feed, Duration heartbeat) {
        this.mirror = mirror;
        this.feed = feed;
        this.heartbeat = heartbeat;
    }

    List<Route> routes() {
        var query = new HashSet<>(EventFilter.PARAMETERS);
        query.add(SINCE);
        return List.of(Route.get("/event", Right.READ, Set.copyOf(query), this::events));
    }

    private Answer events(Request request) {
        EventFilter filter = EventFilter.of(request.query(), this::named);
        Optional<String> header = request.headers().first(LAST_EVENT).filter(it -> !it.isEmpty());
        // An EventSource that comes back asks for the same address again: its header is newer than its query.
        Optional<String> after = header.or(() -> request.query().one(SINCE));
        try {
            Feed.Reader reader = feed.follow(after.map(EventId::parse), filter);
            return Answer.events(stream -> {
                try (Execs.Listener _ = filter.exec() ? mirror.execs().listen() : null) {
                    follow(reader, after.isEmpty(), stream);
                }
            });
        } catch (Failure.Invalid wrong) {
            throw new Failure.Invalid(header.isPresent() ? LAST_EVENT : SINCE, wrong.detail());
        }
    }

    private Optional<ContainerId> named(String name) {
        return mirror.snapshot().containers().values().stream()
                .filter(it -> it.name().equals(name))
                .map(Container::id)
                .findFirst();
    }

    /// Goes on until the client or the server ends; that the engine is away is one more event.
    ///
    /// @param fresh whether the client has no id yet: it gets one, so that it may resume before its first event too
    private void follow(Feed.Reader reader, boolean fresh, EventStream stream)
            throws IOException, InterruptedException {
        stream.retry(RETRY);
        EventId told = reader.position();
        if (fresh) stream.position(told.toString());
        while (true) {
            List<Item> items = reader.next(heartbeat);
            for (Item item : items) send(item, stream);
            if (items.isEmpty()) {
                if (reader.position().equals(told)) stream.heartbeat();
                else stream.position(reader.position().toString()); // what happened since was not wanted
            }
            told = reader.position();
        }
    }

    private static void send(Item item, EventStream stream) throws IOException {
        switch (item) {
            case Item.Happened(var event) ->
                stream.event(event.id().toString(), event.what().name(), EventView.json(event));
            case Item.Gap gap -> stream.event(gap.to().toString(), "gap", EventView.json(gap));
        }
    }
}
