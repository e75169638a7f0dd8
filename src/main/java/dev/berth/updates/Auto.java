package dev.berth.updates;

import dev.berth.images.Freshness;
import dev.berth.images.Images;
import dev.berth.mirror.Mirror;
import dev.berth.model.Container;
import dev.berth.model.ContainerId;
import dev.berth.model.Digest;
import dev.berth.model.Failure;
import dev.berth.model.Image;
import dev.berth.model.Pause;
import dev.berth.model.UpdateRule;
import dev.berth.model.UpdateWindow;
import dev.berth.store.DatabaseFailure;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;

/// Updates by themselves the containers that ask for it, within their windows. It asks no registry: what is
/// newer is known from the checks.
final class Auto implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(Auto.class.getName());
    private static final Duration EACH = Duration.ofMinutes(1);
    /// What did not come to anything is not tried each minute.
    private static final Duration AGAIN = Duration.ofHours(1);

    private final Updates updates;
    private final Mirror mirror;
    private final Freshness freshness;
    private final Journal journal;
    private final InstantSource clock;
    private final ZoneId zone;
    private final Pause pause;
    private final Map<ContainerId, Instant> tried = new ConcurrentHashMap<>();
    private final Set<String> complainedOf = ConcurrentHashMap.newKeySet();
    private final Thread thread =
            Thread.ofVirtual().name("updates by themselves").unstarted(this::run);

    /// @param zone in which windows are written
    Auto(
            Updates updates,
            Mirror mirror,
            Freshness freshness,
            Journal journal,
            InstantSource clock,
            ZoneId zone,
            Pause pause) {
        this.updates = updates;
        this.mirror = mirror;
        this.freshness = freshness;
        this.journal = journal;
        this.clock = clock;
        this.zone = zone;
        this.pause = pause;
    }

    void start() {
        thread.start();
    }

    private void run() {
        try {
            while (true) {
                pause.sleep(EACH);
                tried.keySet().retainAll(mirror.snapshot().containers().keySet());
                if (mirror.snapshot().state().connected()) look();
            }
        } catch (InterruptedException closing) {
            Thread.currentThread().interrupt();
        }
    }

    private void look() {
        try {
            List<Container> due = mirror.snapshot().containers().values().stream()
                    .filter(this::asksForIt)
                    .filter(it -> !it.removesItself() && isOpen(it))
                    .filter(it -> isTimeFor(it.id()))
                    .filter(it ->
                            newer(it).filter(digest -> !failedWith(it, digest)).isPresent())
                    .toList();
            if (due.isEmpty()) return;
            due.forEach(it -> tried.put(it.id(), clock.instant()));
            updates.updateByItself(due);
        } catch (Failure | DatabaseFailure unable) {
            LOG.log(Level.WARNING, "no updates by themselves for now: {0}", unable.getMessage());
        }
    }

    private boolean isTimeFor(ContainerId id) {
        Instant last = tried.get(id);
        return last == null || !clock.instant().isBefore(last.plus(AGAIN));
    }

    private boolean asksForIt(Container container) {
        return read(container, UpdateRule.LABEL, UpdateRule::parse, UpdateRule.NOTIFY)
                .filter(UpdateRule.AUTO::equals)
                .isPresent();
    }

    private boolean isOpen(Container container) {
        LocalDateTime now = LocalDateTime.ofInstant(clock.instant(), zone);
        return read(container, UpdateWindow.LABEL, UpdateWindow::parse, UpdateWindow.ALWAYS)
                .filter(it -> it.contains(now))
                .isPresent();
    }

    /// What a label says; nothing if that cannot be read, which is told once.
    private <T> Optional<T> read(Container container, String label, Function<String, T> reader, T otherwise) {
        Optional<String> text = UpdateLabels.own(container, image(container), label);
        try {
            return Optional.of(text.map(reader).orElse(otherwise));
        } catch (Failure.Invalid unreadable) {
            if (complainedOf.add(container.id() + label + text.orElse("")))
                LOG.log(
                        Level.WARNING,
                        "{0} is not updated by itself: {1}: {2}",
                        container.name(),
                        label,
                        unreadable.detail());
            return Optional.empty();
        }
    }

    private Optional<Digest> newer(Container container) {
        try {
            var reference = updates.planner().reference(container);
            return freshness
                    .latest(reference)
                    .filter(digest -> image(container)
                            .filter(it -> Images.hasDigest(it, reference, digest))
                            .isEmpty());
        } catch (Failure.Conflict notOurs) {
            return Optional.empty();
        }
    }

    private boolean failedWith(Container container, Digest digest) {
        return journal.failures(container.id()).contains(digest.text());
    }

    private Optional<Image> image(Container container) {
        return mirror.snapshot().image(container.imageId());
    }

    @Override
    public void close() {
        thread.interrupt();
    }
}
