package dev.berth.images;

import dev.berth.engine.PullStep;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.OptionalLong;

/// Turns the lines of a pull into bytes and a percentage that never run backwards.
///
/// Engines announce the layers first and tell a layer's size only when its turn comes, and a download that is tried
/// again starts at 0; so the percentage is the mean over layers, never over bytes.
final class PullProgress {
    /// Unpacking comes after the download and takes roughly a quarter of the time.
    private static final double DOWNLOAD_SHARE = 0.75;
    /// 100 is for the end of the whole, confirmed.
    private static final double HIGHEST_BEFORE_THE_END = 99.9;

    private final Map<String, Layer> layers = new LinkedHashMap<>();
    private double percent;

    private static final class Layer {
        long current;
        OptionalLong total = OptionalLong.empty();
        double downloaded;
        double extracted;
    }

    void follow(PullStep step) {
        if (step.layer().isEmpty()) return;
        boolean aboutALayer = switch (step.status()) {
            case "Pulling fs layer",
                    "Waiting",
                    "Downloading",
                    "Verifying Checksum",
                    "Download complete",
                    "Extracting",
                    "Pull complete",
                    "Already exists" -> true;
            default -> false; // "Pulling from library/nginx" carries the tag in the place of a layer
        };
        if (!aboutALayer) return;
        Layer layer = layers.computeIfAbsent(step.layer().get(), _ -> new Layer());
        switch (step.status()) {
            case "Downloading" -> {
                if (step.total().isPresent()) layer.total = step.total();
                layer.current = Math.max(layer.current, step.current().orElse(0));
                layer.downloaded = Math.max(layer.downloaded, share(step));
            }
            case "Verifying Checksum", "Download complete" -> downloaded(layer);
            case "Extracting" -> {
                downloaded(layer);
                layer.extracted = Math.max(layer.extracted, share(step));
            }
            case "Pull complete", "Already exists" -> {
                downloaded(layer);
                layer.extracted = 1;
            }
            default -> {} // announced
        }
        double mean = layers.values().stream()
                .mapToDouble(it -> DOWNLOAD_SHARE * it.downloaded + (1 - DOWNLOAD_SHARE) * it.extracted)
                .average()
                .orElse(0);
        percent = Math.max(percent, Math.min(HIGHEST_BEFORE_THE_END, 100 * mean));
    }

    double percent() {
        return percent;
    }

    OptionalLong currentBytes() {
        return layers.isEmpty()
                ? OptionalLong.empty()
                : OptionalLong.of(
                        layers.values().stream().mapToLong(it -> it.current).sum());
    }

    /// None until every layer has told its size or is complete.
    OptionalLong totalBytes() {
        long sum = 0;
        for (Layer layer : layers.values()) {
            if (layer.total.isEmpty() && layer.extracted < 1) return OptionalLong.empty();
            sum += layer.total.orElse(layer.current);
        }
        return layers.isEmpty() ? OptionalLong.empty() : OptionalLong.of(sum);
    }

    private static void downloaded(Layer layer) {
        layer.downloaded = 1;
        layer.current = Math.max(layer.current, layer.total.orElse(0));
    }

    private static double share(PullStep step) {
        long total = step.total().orElse(0);
        return total <= 0 ? 0 : Math.min(1, (double) step.current().orElse(0) / total);
    }
}
