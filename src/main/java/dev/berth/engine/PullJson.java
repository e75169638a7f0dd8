package dev.berth.engine;

import dev.berth.json.Json;
import dev.berth.model.ImageRef;
import java.util.Optional;

/// A line of a pull's progress; an error comes as a line too, long after the 200.
final class PullJson {
    private PullJson() {}

    static TranslatedStream.Step<PullStep> read(Json line, ImageRef reference) {
        // Newer engines write errorDetail alone, older ones both.
        Optional<String> error = line.at("errorDetail", "message")
                .someText()
                .or(() -> line.get("error").someText());
        if (error.isPresent()) throw RegistryRefusals.pull(error.get(), reference);
        Optional<String> status = line.get("status").someText();
        if (status.isEmpty()) return new TranslatedStream.Step.Skip<>();
        Json progress = line.get("progressDetail");
        return new TranslatedStream.Step.Item<>(new PullStep(
                status.get(),
                line.get("id").someText(),
                progress.get("current").whole(),
                progress.get("total").whole()));
    }
}
