package dev.berth.updates;

import dev.berth.json.Json;
import dev.berth.json.ObjBuilder;
import dev.berth.model.ContainerId;
import dev.berth.model.ImageId;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/// One update in the journal: all that it takes to finish it or to undo it. Used by one thread at a time.
final class Entry {
    final String operation;
    final String job;
    final String item;
    final String imageId;
    final Optional<String> digestBefore;
    final Optional<String> digestAfter;
    /// Those whose namespaces others share before the others; the one that was asked for is the first.
    private final List<Pair> pairs;

    Step step = Step.CREATING;
    boolean back;
    /// Why it went back, or why it is stuck.
    Optional<String> reason = Optional.empty();
    /// What is in its way at present; not kept in the journal.
    Optional<String> obstacle = Optional.empty();
    /// What the successor wrote last.
    List<String> log = List.of();
    boolean needsAttention;
    Optional<Instant> stopped = Optional.empty();
    Optional<Instant> stood = Optional.empty();

    /// @param operation names the update, on the containers too
    /// @param job whose item it is
    /// @param imageId of the new image
    Entry(
            String operation,
            String job,
            String item,
            String imageId,
            Optional<String> digestBefore,
            Optional<String> digestAfter,
            List<Pair> pairs) {
        this.operation = operation;
        this.job = job;
        this.item = item;
        this.imageId = imageId;
        this.digestBefore = digestBefore;
        this.digestAfter = digestAfter;
        this.pairs = new ArrayList<>(pairs);
    }

    List<Pair> pairs() {
        return List.copyOf(pairs);
    }

    Pair first() {
        return pairs.getFirst();
    }

    void made(Pair pair, ContainerId next) {
        pairs.replaceAll(it -> it.old().equals(pair.old()) ? it.with(next) : it);
    }

    /// Of the containers that it is about, as far as they are known.
    List<ContainerId> ids() {
        return pairs.stream()
                .flatMap(it -> Stream.concat(Stream.of(it.old()), it.next().stream()))
                .toList();
    }

    List<String> names() {
        return pairs.stream().map(Pair::name).toList();
    }

    void restored(Pair pair, ContainerId old) {
        pairs.replaceAll(it -> it.old().equals(pair.old()) ? it.restored(old) : it);
    }

    /// Those that it takes to go either way.
    List<ImageId> images() {
        return Stream.concat(
                        Stream.of(imageId),
                        pairs.stream().map(it -> it.inspect().get("Image").textOrEmpty()))
                .map(ImageId::parse)
                .toList();
    }

    String newName(Pair pair) {
        return TemporaryName.NEW.of(pair.name(), operation);
    }

    String oldName(Pair pair) {
        return TemporaryName.OLD.of(pair.name(), operation);
    }

    String failedName(Pair pair) {
        return TemporaryName.FAILED.of(pair.name(), operation);
    }

    Json json() {
        return new ObjBuilder()
                .put("job", job)
                .put("item", item)
                .put("image_id", imageId)
                .putText("digest_before", digestBefore)
                .putText("digest_after", digestAfter)
                .put("pairs", new Json.Arr(pairs.stream().map(Pair::json).toList()))
                .putText("reason", reason)
                .put("log", log)
                .put("needs_attention", needsAttention)
                .putTime("stopped", stopped)
                .putTime("stood", stood)
                .build();
    }

    static Entry read(String operation, Step step, boolean back, Json json) {
        var entry = new Entry(
                operation,
                json.get("job").textOrEmpty(),
                json.get("item").textOrEmpty(),
                json.get("image_id").textOrEmpty(),
                json.get("digest_before").text(),
                json.get("digest_after").text(),
                json.get("pairs").items().stream().map(Pair::read).toList());
        entry.step = step;
        entry.back = back;
        entry.reason = json.get("reason").text();
        entry.log = json.get("log").texts();
        entry.needsAttention = json.get("needs_attention").isTrue();
        entry.stopped = json.get("stopped").text().map(Instant::parse);
        entry.stood = json.get("stood").text().map(Instant::parse);
        return entry;
    }
}
