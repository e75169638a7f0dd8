package dev.berth.engine.wire;

import java.util.Optional;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;
import org.apache.hc.client5.http.config.ConnectionConfig;
import org.apache.hc.client5.http.config.RequestConfig;
import org.apache.hc.client5.http.impl.classic.CloseableHttpClient;
import org.apache.hc.client5.http.impl.classic.HttpClientBuilder;
import org.apache.hc.client5.http.impl.io.ManagedHttpClientConnectionFactory;
import org.apache.hc.client5.http.impl.io.PoolingHttpClientConnectionManagerBuilder;
import org.apache.hc.client5.http.ssl.DefaultClientTlsStrategy;
import org.apache.hc.client5.http.ssl.HttpsSupport;
import org.apache.hc.client5.http.ssl.NoopHostnameVerifier;
import org.apache.hc.core5.http.config.Http1Config;
import org.apache.hc.core5.http.impl.io.DefaultHttpResponseParserFactory;
import org.apache.hc.core5.util.Timeout;

/// The two kinds of connections to an engine.
final class Connections {
    /// The mirror's eight inspects at a time, and as many for everybody else.
    private static final int POOLED = 16;
    /// One per followed stream and running write; bounded elsewhere.
    private static final int FRESH = 20_000;
    /// An engine's answer to a connect is the kernel's.
    private static final int CONNECT_SECONDS = 10;

    private Connections() {}

    /// Connections that are kept and used again: quick, but one may have died meanwhile.
    static CloseableHttpClient pooled(Address address, Optional<SSLContext> tls, boolean verify) {
        return builder(address, tls, verify, POOLED).build();
    }

    /// A new connection each time: a write on a stale one would be lost, or sent twice.
    static CloseableHttpClient fresh(Address address, Optional<SSLContext> tls, boolean verify) {
        return builder(address, tls, verify, FRESH)
                .setConnectionReuseStrategy((request, response, context) -> false)
                .build();
    }

    private static HttpClientBuilder builder(Address address, Optional<SSLContext> tls, boolean verify, int most) {
        var manager = PoolingHttpClientConnectionManagerBuilder.create()
                .setMaxConnTotal(most)
                .setMaxConnPerRoute(most)
                // The client's own parser skips what is not HTTP until something is; this one says so.
                .setConnectionFactory(ManagedHttpClientConnectionFactory.builder()
                        .http1Config(Http1Config.custom()
                                .setMaxLineLength(64 << 10)
                                .setMaxHeaderCount(200)
                                .build())
                        .responseParserFactory(DefaultHttpResponseParserFactory.INSTANCE)
                        .build())
                .setDefaultConnectionConfig(ConnectionConfig.custom()
                        .setConnectTimeout(CONNECT_SECONDS, TimeUnit.SECONDS)
                        .setSocketTimeout(Timeout.DISABLED)
                        .build());
        tls.ifPresent(context -> manager.setTlsSocketStrategy(new DefaultClientTlsStrategy(
                context, verify ? HttpsSupport.getDefaultHostnameVerifier() : NoopHostnameVerifier.INSTANCE)));
        var config = RequestConfig.custom().setResponseTimeout(Timeout.DISABLED);
        if (address instanceof Address.Unix(var socket)) config.setUnixDomainSocket(socket);
        return HttpClientBuilder.create()
                .setConnectionManager(manager.build())
                .setDefaultRequestConfig(config.build())
                .disableAutomaticRetries()
                .disableRedirectHandling()
                .disableCookieManagement()
                .disableAuthCaching()
                .disableContentCompression()
                .setUserAgent("berth");
    }
}
