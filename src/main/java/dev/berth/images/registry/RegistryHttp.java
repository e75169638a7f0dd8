package dev.berth.images.registry;

import java.io.IOException;
import java.net.ProxySelector;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.hc.client5.http.classic.methods.HttpGet;
import org.apache.hc.client5.http.classic.methods.HttpHead;
import org.apache.hc.client5.http.classic.methods.HttpPost;
import org.apache.hc.client5.http.classic.methods.HttpUriRequestBase;
import org.apache.hc.client5.http.config.ConnectionConfig;
import org.apache.hc.client5.http.impl.DefaultHttpRequestRetryStrategy;
import org.apache.hc.client5.http.impl.classic.CloseableHttpClient;
import org.apache.hc.client5.http.impl.classic.HttpClientBuilder;
import org.apache.hc.client5.http.impl.io.PoolingHttpClientConnectionManagerBuilder;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.ContentType;
import org.apache.hc.core5.http.HttpResponse;
import org.apache.hc.core5.http.io.entity.StringEntity;
import org.apache.hc.core5.http.protocol.HttpContext;
import org.apache.hc.core5.io.CloseMode;
import org.apache.hc.core5.util.TimeValue;

/// Single requests, each within a limit of time, with redirects followed by hand.
final class RegistryHttp implements AutoCloseable {
    private static final int CONNECT_SECONDS = 5;
    private static final Duration ANSWER = Duration.ofSeconds(10);
    private static final int LARGEST_ANSWER = 1 << 20;
    private static final int MOST_REDIRECTS = 5;
    private static final List<Integer> REDIRECTS = List.of(301, 302, 303, 307, 308);
    /// Without a charset, which the library's own constant has and this type does not know.
    private static final ContentType FORM = ContentType.create("application/x-www-form-urlencoded");

    private final ExecutorService threads = Executors.newThreadPerTaskExecutor(
            Thread.ofVirtual().name("registry").factory());
    private final CloseableHttpClient client;

    RegistryHttp(RegistryTls.Trust trust) {
        var connections = PoolingHttpClientConnectionManagerBuilder.create()
                .setTlsSocketStrategy(new RegistryTls(trust))
                .setDefaultConnectionConfig(ConnectionConfig.custom()
                        .setConnectTimeout(CONNECT_SECONDS, TimeUnit.SECONDS)
                        .build())
                .build();
        client = HttpClientBuilder.create()
                .setConnectionManager(connections)
                .setProxySelector(ProxySelector.getDefault())
                .setRetryStrategy(new OnceMore())
                .disableRedirectHandling()
                .disableCookieManagement()
                .disableAuthCaching()
                .disableContentCompression()
                .setUserAgent("berth")
                .build();
    }

    /// A read whose connection had died since the last one is sent once more. A status is an answer, also 429.
    private static final class OnceMore extends DefaultHttpRequestRetryStrategy {
        OnceMore() {
            super(1, TimeValue.ZERO_MILLISECONDS);
        }

        @Override
        public boolean retryRequest(HttpResponse response, int sent, HttpContext context) {
            return false;
        }
    }

    /// Asks for the head of something. What shows who asks goes to nobody but the host that was meant.
    ///
    /// @param authorization as the header has it
    RegistryReply head(URI target, List<String> accepted, Optional<String> authorization)
            throws IOException, InterruptedException {
        URI here = target;
        for (int redirects = 0; ; redirects++) {
            var request = new HttpHead(here);
            for (String type : accepted) request.addHeader("Accept", type);
            if (sameHost(here, target)) authorize(request, authorization);
            RegistryReply reply = send(request);
            Optional<String> location = reply.header("Location");
            if (!REDIRECTS.contains(reply.status()) || location.isEmpty()) return reply;
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

    /// @param authorization as the header has it
    RegistryReply get(URI target, Optional<String> authorization) throws IOException, InterruptedException {
        var request = new HttpGet(target);
        authorize(request, authorization);
        return send(request);
    }

    /// @param form `application/x-www-form-urlencoded`
    RegistryReply post(URI target, String form) throws IOException, InterruptedException {
        var request = new HttpPost(target);
        request.setEntity(new StringEntity(form, FORM));
        return send(request);
    }

    private static void authorize(HttpUriRequestBase request, Optional<String> authorization) {
        authorization.ifPresent(it -> request.setHeader("Authorization", it));
    }

    private RegistryReply send(HttpUriRequestBase request) throws IOException, InterruptedException {
        // The client's own limits begin anew with every byte; this one is for the whole answer.
        Future<RegistryReply> reply = threads.submit(() -> client.execute(request, it -> read(it, request)));
        try {
            return reply.get(ANSWER.toSeconds(), TimeUnit.SECONDS);
        } catch (TimeoutException late) {
            request.abort();
            throw new IOException("no answer in time", late);
        } catch (InterruptedException stopping) {
            request.abort();
            throw stopping;
        } catch (ExecutionException broken) {
            throw new IOException(reason(broken), broken);
        }
    }

    private static RegistryReply read(ClassicHttpResponse response, HttpUriRequestBase request) throws IOException {
        byte[] body = new byte[0];
        if (response.getEntity() != null) {
            body = response.getEntity().getContent().readNBytes(LARGEST_ANSWER + 1);
            if (body.length > LARGEST_ANSWER) {
                request.abort(); // else closing would read the rest
                throw new IOException("its answer is longer than " + LARGEST_ANSWER + " bytes");
            }
        }
        return new RegistryReply(
                response.getCode(), List.of(response.getHeaders()), new String(body, StandardCharsets.UTF_8));
    }

    /// Some exceptions of the client have no message.
    private static String reason(ExecutionException broken) {
        Throwable cause = Optional.ofNullable(broken.getCause()).orElse(broken);
        return Optional.ofNullable(cause.getMessage())
                .orElseGet(() -> cause.getClass().getSimpleName());
    }

    @Override
    public void close() {
        client.close(CloseMode.IMMEDIATE);
        threads.shutdown();
    }
}
