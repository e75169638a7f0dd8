package dev.berth.web;

import dev.berth.images.AvailableUpdates;
import dev.berth.json.Json;
import dev.berth.json.ObjBuilder;
import dev.berth.mirror.Snapshot;
import dev.berth.model.Image;
import dev.berth.model.ImageId;
import dev.berth.model.ImageRef;
import java.util.List;
import java.util.TreeMap;

/// Images as the API shows them.
///
/// @param updates of the same snapshot
record ImageView(Snapshot snapshot, AvailableUpdates updates) {
    private static final int KEY_LENGTH = "sha256:".length() + 10;

    Json.Obj of(Image image) {
        return new ObjBuilder()
                .put("id", image.id().text())
                .put("short_id", image.id().shortId())
                .putText("created", image.created())
                .put("size", image.sizeBytes())
                .put("tags", sorted(image.tags()))
                .put("digests", sorted(image.digests()))
                .put("containers", snapshot.using(image.id()).size())
                .put("dangling", image.tags().isEmpty())
                .put("architecture", image.architecture())
                .put("os", image.os())
                .put("labels", Json.of(image.labels()))
                .put("update_available", ContainerView.known(updates.of(image)))
                .build();
    }

    Json list() {
        var keys = ShortIds.of(
                snapshot.images().keySet().stream().map(ImageId::text).toList(), KEY_LENGTH);
        var list = new TreeMap<String, Json>();
        for (Image image : snapshot.images().values())
            list.put(keys.getOrDefault(image.id().text(), image.id().text()), of(image));
        return new Json.Obj(list);
    }

    private static List<String> sorted(List<ImageRef> references) {
        return references.stream().map(ImageRef::toString).sorted().toList();
    }
}
