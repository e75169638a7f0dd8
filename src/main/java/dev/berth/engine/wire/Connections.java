package dev.berth.engine.wire;

import java.net.InetAddress;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;
import org.apache.hc.client5.http.DnsResolver;
import org.apache.hc.client5.http.config.ConnectionConfig;
import org.apache.hc.client5.http.config.RequestConfig;
import org.apache.hc.client5.http.impl.DefaultSchemePortResolver;
import org.apache.hc.client5.http.impl.classic.CloseableHttpClient;
import org.apache.hc.client5.http.impl.classic.HttpClientBuilder;
import org.apache.hc.client5.http.impl.io.DefaultHttpClientConnectionOperator;
import org.apache.hc.client5.http.impl.io.ManagedHttpClientConnectionFactory;
import org.apache.hc.client5.http.impl.io.PoolingHttpClientConnectionManager;
import org.apache.hc.client5.http.impl.io.PoolingHttpClientConnectionManagerBuilder;
import org.apache.hc.client5.http.ssl.DefaultClientTlsStrategy;
import org.apache.hc.client5.http.ssl.HttpsSupport;
import org.apache.hc.client5.http.ssl.NoopHostnameVerifier;
import org.apache.hc.client5.http.ssl.TlsSocketStrategy;
import org.apache.hc.core5.http.config.Http1Config;
import org.apache.hc.core5.http.config.RegistryBuilder;
import org.apache.hc.core5.http.impl.io.DefaultHttpResponseParserFactory;
import org.apache.hc.core5.pool.PoolConcurrencyPolicy;
import org.apache.hc.core5.pool.PoolReusePolicy;
import org.apache.hc.core5.util.TimeValue;
import org.apache.hc.core5.util.Timeout;

/// The two kinds of connections to an engine.
final class Connections {
    /// The name that requests over a unix socket bear.
    static final String LOCAL = "localhost";

    /// The mirror's eight inspects at a time, and as many for everybody else.
    private static final int POOLED = 16;
    /// One per followed stream and running write; bounded elsewhere.
    private static final int FRESH = 20_000;

    private static final int CONNECT_SECONDS = 10;

    private Connections() {}

    /// Connections that are kept and used again: quick, but one may have died meanwhile.
    static CloseableHttpClient pooled(Address address, Optional<SSLContext> tls, boolean verify) {
        return client(manager(address, tls, verify), POOLED).build();
    }

    /// A new connection each time: a write on a stale one would be lost, or sent twice.
    static CloseableHttpClient fresh(Address address, Optional<SSLContext> tls, boolean verify) {
        return client(manager(address, tls, verify), FRESH)
                .setConnectionReuseStrategy((request, response, context) -> false)
                .build();
    }

    private static HttpClientBuilder client(PoolingHttpClientConnectionManager manager, int most) {
        manager.setMaxTotal(most);
        manager.setDefaultMaxPerRoute(most);
        manager.setDefaultConnectionConfig(ConnectionConfig.custom()
                .setConnectTimeout(CONNECT_SECONDS, TimeUnit.SECONDS)
                .setSocketTimeout(Timeout.DISABLED)
                // The check is a read with a timeout, which a unix socket has not; a dead one is replaced instead.
                .setValidateAfterInactivity(TimeValue.NEG_ONE_MILLISECOND)
                .build());
        return HttpClientBuilder.create()
                .setConnectionManager(manager)
                .setDefaultRequestConfig(RequestConfig.custom()
                        .setResponseTimeout(Timeout.DISABLED)
                        .build())
                .disableAutomaticRetries()
                .disableRedirectHandling()
                .disableCookieManagement()
                .disableAuthCaching()
                .disableContentCompression()
                .setUserAgent("berth");
    }

    private static PoolingHttpClientConnectionManager manager(
            Address address, Optional<SSLContext> tls, boolean verify) {
        if (address instanceof Address.Unix(var socket)) return unix(socket);
        var builder = PoolingHttpClientConnectionManagerBuilder.create().setConnectionFactory(http());
        tls.ifPresent(context -> builder.setTlsSocketStrategy(new DefaultClientTlsStrategy(
                context, verify ? HttpsSupport.getDefaultHostnameVerifier() : NoopHostnameVerifier.INSTANCE)));
        return builder.build();
    }

    private static PoolingHttpClientConnectionManager unix(Path socket) {
        var operator = new DefaultHttpClientConnectionOperator(
                _ -> new UnixSocket(socket),
                DefaultSchemePortResolver.INSTANCE,
                new NoNames(),
                RegistryBuilder.<TlsSocketStrategy>create().build());
        return new PoolingHttpClientConnectionManager(
                operator, PoolConcurrencyPolicy.STRICT, PoolReusePolicy.LIFO, null, http());
    }

    /// The client's own parser skips what is not HTTP until something is; this one says so.
    private static ManagedHttpClientConnectionFactory http() {
        return ManagedHttpClientConnectionFactory.builder()
                .http1Config(Http1Config.custom()
                        .setMaxLineLength(64 << 10)
                        .setMaxHeaderCount(200)
                        .build())
                .responseParserFactory(DefaultHttpResponseParserFactory.INSTANCE)
                .build();
    }

    /// A unix socket needs no address; one is asked for all the same.
    private static final class NoNames implements DnsResolver {
        @Override
        public InetAddress[] resolve(String host) {
            return new InetAddress[] {InetAddress.getLoopbackAddress()};
        }

        @Override
        public String resolveCanonicalHostname(String host) {
            return host;
        }
    }
}
