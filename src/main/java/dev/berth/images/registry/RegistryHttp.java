package dev.berth.images.registry;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandler;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/// Single requests, each within a limit of time, with redirects followed by hand.
final class RegistryHttp implements AutoCloseable {
    private static final Duration CONNECT = Duration.ofSeconds(5);
    private static final Duration ANSWER = Duration.ofSeconds(10);
    private static final int MOST_REDIRECTS = 5;
    private static final List<Integer> REDIRECTS = List.of(301, 302, 303, 307, 308);

    private final ExecutorService threads = Executors.newThreadPerTaskExecutor(
            Thread.ofVirtual().name("registry").factory());
    private final HttpClient client = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .followRedirects(HttpClient.Redirect.NEVER)
            .connectTimeout(CONNECT)
            .executor(threads)
            .build();

    /// Asks for the head of something. What shows who asks goes to nobody but the host that was meant.
    ///
    /// @param authorization as the header has it
    HttpResponse<Void> head(URI target, List<String> accepted, Optional<String> authorization)
            throws IOException, InterruptedException {
        URI here = target;
        for (int redirects = 0; ; redirects++) {
            var request = HttpRequest.newBuilder(here).HEAD();
            for (String type : accepted) request.header("Accept", type);
            if (sameHost(here, target)) authorization.ifPresent(it -> request.header("Authorization", it));
            HttpResponse<Void> answer = send(request, HttpResponse.BodyHandlers.discarding());
            Optional<String> location = answer.headers().firstValue("Location");
            if (!REDIRECTS.contains(answer.statusCode()) || location.isEmpty()) return answer;
            if (redirects == MOST_REDIRECTS) throw new IOException("it leads from one address to the next");
            here = next(here, location.get());
        }
    }

    private static boolean sameHost(URI one, URI other) {
        return one.getScheme().equals(other.getScheme())
                && one.getRawAuthority().equalsIgnoreCase(other.getRawAuthority());
    }

    private static URI next(URI here, String location) throws IOException {
        try {
            URI next = here.resolve(location);
            boolean weaker = here.getScheme().equals("https") && !"https".equals(next.getScheme());
            if (weaker || next.getHost() == null) throw new IOException("it leads to an address that cannot be asked");
            return next;
        } catch (IllegalArgumentException none) {
            throw new IOException("it leads to an address that is none", none);
        }
    }

    <T> HttpResponse<T> send(HttpRequest.Builder request, BodyHandler<T> body)
            throws IOException, InterruptedException {
        // The client's own limit ends with the head of an answer; this one ends with its body.
        var answer = client.sendAsync(
                request.header("User-Agent", "berth").timeout(ANSWER).build(), body);
        try {
            return answer.get(ANSWER.toSeconds(), TimeUnit.SECONDS);
        } catch (TimeoutException late) {
            answer.cancel(true);
            throw new IOException("no answer in time", late);
        } catch (InterruptedException stopping) {
            answer.cancel(true);
            throw stopping;
        } catch (ExecutionException broken) {
            throw new IOException(reason(broken), broken);
        }
    }

    /// Some exceptions of the client have no message.
    private static String reason(ExecutionException broken) {
        Throwable cause = Optional.ofNullable(broken.getCause()).orElse(broken);
        return Optional.ofNullable(cause.getMessage())
                .orElseGet(() -> cause.getClass().getSimpleName());
    }

    @Override
    public void close() {
        client.shutdownNow();
        threads.shutdown();
    }
}
