package dev.berth.app;

import dev.berth.json.JsonReader;
import dev.berth.model.Faults;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.List;

/// The registry as it answers to anybody.
record Registry(String address) {
    /// The digests of an image's layers.
    List<String> layers(String image) {
        String name = image.startsWith(address + "/") ? image.substring(address.length() + 1) : "library/" + image;
        int colon = name.lastIndexOf(':');
        var request = HttpRequest.newBuilder(URI.create("http://" + address + "/v2/" + name.substring(0, colon)
                        + "/manifests/" + name.substring(colon + 1)))
                .header("Accept", "application/vnd.docker.distribution.manifest.v2+json")
                .header("Accept", "application/vnd.oci.image.manifest.v1+json")
                .build();
        try (var client = HttpClient.newHttpClient()) {
            byte[] manifest = client.send(request, BodyHandlers.ofByteArray()).body();
            return JsonReader.request(manifest, new Faults()).get("layers").items().stream()
                    .map(it -> it.get("digest").textOrEmpty())
                    .toList();
        } catch (IOException | JsonReader.Broken broken) {
            throw new IllegalStateException(broken);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(interrupted);
        }
    }
}
