package dev.berth.web;

import io.helidon.http.HeaderName;
import io.helidon.http.HeaderNames;
import io.helidon.webserver.http.ServerRequest;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/// The body of one request on its connection.
final class Entity implements Request.Body {
    private static final int LARGEST = 1 << 20;
    /// A client that is still sending would lose the answer if the connection closed at once.
    private static final long DISCARDED_AT_MOST = 16L << 20;

    private final ServerRequest request;
    private Optional<InputStream> opened = Optional.empty();

    Entity(ServerRequest request) {
        this.request = request;
    }

    /// Whether everybody on the way sees the same end of the body: RFC 9112, section 6.3. Where they do not, the rest
    /// of a body could pass as somebody else's request.
    boolean framingIsPlain() {
        List<String> lengths = all(HeaderNames.CONTENT_LENGTH);
        List<String> encodings = all(HeaderNames.TRANSFER_ENCODING);
        if (encodings.isEmpty())
            return lengths.isEmpty()
                    || (lengths.size() == 1 && lengths.getFirst().matches("\\d{1,18}"));
        return lengths.isEmpty()
                && encodings.size() == 1
                && encodings.getFirst().strip().equalsIgnoreCase("chunked");
    }

    /// Whether the client wants no further request on this connection.
    boolean isLast() {
        return all(HeaderNames.CONNECTION).stream()
                .flatMap(it -> Arrays.stream(it.split(",", -1)))
                .anyMatch(it -> it.strip().equalsIgnoreCase("close"));
    }

    private List<String> all(HeaderName name) {
        return request.headers().all(name, List::of);
    }

    @Override
    public byte[] read() {
        if (request.headers().contentLength().orElse(0) > LARGEST) throw HttpRefusal.tooLarge(LARGEST);
        if (!request.content().hasEntity()) return new byte[0];
        byte[] bytes = upTo(LARGEST + 1);
        if (bytes.length > LARGEST) throw HttpRefusal.tooLarge(LARGEST);
        return bytes;
    }

    private byte[] upTo(int most) {
        try {
            InputStream in = request.content().inputStream();
            opened = Optional.of(in);
            return in.readNBytes(most);
        } catch (IOException | RuntimeException broken) { // Helidon has many words for it
            throw HttpRefusal.brokenBody();
        }
    }

    /// Takes what is still on its way, so that the client gets to read the answer.
    void discard() {
        boolean waits = request.headers().contains(HeaderNames.EXPECT) && opened.isEmpty();
        if (waits || !framingIsPlain() || !request.content().hasEntity()) return;
        try {
            InputStream in =
                    opened.isPresent() ? opened.get() : request.content().inputStream();
            in.skip(DISCARDED_AT_MOST);
        } catch (IOException | RuntimeException gone) {
            opened = Optional.empty(); // there is nobody left to read the answer
        }
    }
}
