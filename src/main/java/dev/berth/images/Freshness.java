package dev.berth.images;

import dev.berth.feed.Feed;
import dev.berth.feed.Happening;
import dev.berth.feed.Kind;
import dev.berth.mirror.Mirror;
import dev.berth.mirror.Snapshot;
import dev.berth.model.Digest;
import dev.berth.model.Failure;
import dev.berth.model.Image;
import dev.berth.model.ImageRef;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/// What is known of the registries' tags, from pulls, updates and the check for updates; in memory alone.
public final class Freshness {
    /// What containers were made from is read again when more than this have been.
    private static final int MOST_READ = 10_000;
    /// Of tags; beyond, those that nothing here has any more are forgotten.
    private static final int MANY = 1_000;

    private final Mirror mirror;
    private final Feed feed;
    private final Map<ImageRef, Digest> latest = new HashMap<>();
    private final Map<ImageRef, Digest> told = new HashMap<>();
    private final Map<String, Optional<ImageRef>> read = new ConcurrentHashMap<>();
    private volatile long version;
    private volatile @Nullable AvailableUpdates available;

    /// @param feed is told when an image falls behind, after it shows here
    public Freshness(Mirror mirror, Feed feed) {
        this.mirror = mirror;
        this.feed = feed;
    }

    /// What a tag is at its registry, as far as is known.
    public synchronized Optional<Digest> latest(ImageRef tag) {
        return Optional.ofNullable(latest.get(tag));
    }

    /// Grows with what is known.
    public long version() {
        return version;
    }

    /// What is behind in a snapshot; the same object until one of the two changes.
    public AvailableUpdates available(Snapshot snapshot) {
        AvailableUpdates known = available;
        return known != null && known.isOf(snapshot, version) ? known : renew(snapshot);
    }

    private synchronized AvailableUpdates renew(Snapshot snapshot) {
        if (read.size() > MOST_READ) read.clear();
        var made = new AvailableUpdates(snapshot, Map.copyOf(latest), this::reference, version);
        available = made;
        return made;
    }

    /// A container's image may be an id.
    private Optional<ImageRef> reference(String text) {
        return read.computeIfAbsent(text, it -> {
            try {
                return Optional.of(ImageRef.parse(it));
            } catch (Failure.Invalid anId) {
                return Optional.empty();
            }
        });
    }

    /// Takes what a registry calls a tag now.
    ///
    /// @param digest nothing if it does not know it
    void learned(ImageRef tag, Optional<Digest> digest) {
        synchronized (this) {
            Digest before = digest.isPresent() ? latest.put(tag, digest.get()) : latest.remove(tag);
            if (!Objects.equals(before, digest.orElse(null))) version++;
        }
        AvailableUpdates now = available(mirror.snapshot());
        forgetOld(now);
        if (digest.isPresent()) now.behind(tag).ifPresent(it -> tell(tag, digest.get(), it));
    }

    private void tell(ImageRef tag, Digest digest, Image behind) {
        synchronized (this) {
            if (digest.equals(told.put(tag, digest))) return;
        }
        feed.publish(Happening.of(Kind.IMAGE, "update_available")
                .labelled(behind.labels())
                .with("id", behind.id().text())
                .with("short_id", behind.id().shortId())
                .with("reference", tag.toString())
                .with("digest", digest.text()));
    }

    private synchronized void forgetOld(AvailableUpdates now) {
        if (latest.size() <= MANY) return;
        Set<ImageRef> here = Set.copyOf(now.askable());
        if (!latest.keySet().retainAll(here)) return;
        told.keySet().retainAll(here);
        version++;
    }
}
