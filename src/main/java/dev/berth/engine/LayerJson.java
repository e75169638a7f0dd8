package dev.berth.engine;

import dev.berth.json.Json;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

/// The layers of an image, out of its inspect and its history.
final class LayerJson {
    private LayerJson() {}

    /// The lowest first. The history shows sizes of layers and nothing of which layer it speaks; steps
    /// that made none have size 0, and so may layers without a file. A layer is named as engines name
    /// what they delete: by its chain,
    /// <https://github.com/opencontainers/image-spec/blob/main/config.md#layer-chainid>.
    static List<EngineImages.Layer> read(Json image, Json history) {
        List<Long> sizes = history.items().reversed().stream()
                .map(it -> it.get("Size").wholeOr(0))
                .filter(it -> it > 0)
                .toList();
        List<EngineImages.Layer> layers = new ArrayList<>();
        String chain = "";
        for (String layer : image.at("RootFS", "Layers").texts()) {
            chain = chain.isEmpty() ? layer : "sha256:" + sha256(chain + " " + layer);
            layers.add(new EngineImages.Layer(chain, layers.size() < sizes.size() ? sizes.get(layers.size()) : 0));
        }
        return List.copyOf(layers);
    }

    private static String sha256(String text) {
        try {
            byte[] bytes = MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(bytes);
        } catch (NoSuchAlgorithmException absent) {
            throw new IllegalStateException("every Java has SHA-256", absent);
        }
    }
}
