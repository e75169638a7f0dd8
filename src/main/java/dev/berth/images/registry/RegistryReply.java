package dev.berth.images.registry;

import java.util.List;
import java.util.Optional;
import org.apache.hc.core5.http.Header;

/// What came back, whatever its status.
///
/// @param headers in the order in which they came
/// @param text what came after them, as UTF-8
record RegistryReply(int status, List<Header> headers, String text) {
    /// The first header of a name, in whatever case.
    Optional<String> header(String name) {
        return all(name).stream().findFirst();
    }

    List<String> all(String name) {
        return headers.stream()
                .filter(it -> it.getName().equalsIgnoreCase(name))
                .map(Header::getValue)
                .toList();
    }
}
