package dev.berth.engine;

import dev.berth.json.Json;
import dev.berth.model.Failure;
import dev.berth.model.Image;
import dev.berth.model.ImageId;
import dev.berth.model.ImageRef;
import java.util.List;
import java.util.Optional;

/// An image's inspect.
final class ImageJson {
    private ImageJson() {}

    static Image read(Json json) {
        return new Image(
                ImageId.parse(json.get("Id").textOrEmpty()),
                json.get("Created").someText(),
                json.get("Size").wholeOr(0),
                references(json.get("RepoTags")),
                references(json.get("RepoDigests")),
                json.get("Architecture").textOrEmpty(),
                json.get("Os").textOrEmpty(),
                ContainerJson.texts(json.at("Config", "Labels")),
                isCheck(json.at("Config", "Healthcheck", "Test").texts()));
    }

    private static boolean isCheck(List<String> test) {
        return !test.isEmpty() && !test.getFirst().equals("NONE");
    }

    /// `<none>:<none>` and what else is no reference is left out.
    private static List<ImageRef> references(Json names) {
        return names.texts().stream().flatMap(name -> reference(name).stream()).toList();
    }

    private static Optional<ImageRef> reference(String name) {
        try {
            return Optional.of(ImageRef.parse(name));
        } catch (Failure.Invalid none) {
            return Optional.empty();
        }
    }
}
