package dev.berth.engine.wire;

import dev.berth.model.Failure;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.Collection;
import java.util.Optional;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedTrustManager;
import org.jspecify.annotations.Nullable;

/// A folder as Docker's `DOCKER_CERT_PATH`: `ca.pem` to trust, `cert.pem` and `key.pem` to show; each may be absent.
public final class TlsFolder {
    private TlsFolder() {}

    /// @param folder none trusts what Java trusts and shows nothing
    /// @param verify false trusts everybody, as `docker --tls` without `--tlsverify` does
    /// @throws Failure.Invalid if a file cannot be read
    public static SSLContext context(Optional<Path> folder, boolean verify) {
        try {
            var context = SSLContext.getInstance("TLS");
            TrustManager[] trust = verify ? trust(folder) : new TrustManager[] {new TrustEverybody()};
            context.init(show(folder), trust, null);
            return context;
        } catch (GeneralSecurityException | IOException impossible) {
            throw new Failure.Invalid("TLS to the engine: " + impossible.getMessage());
        }
    }

    private static TrustManager @Nullable [] trust(Optional<Path> folder) throws GeneralSecurityException, IOException {
        Optional<Path> ca = file(folder, "ca.pem");
        if (ca.isEmpty()) return null;
        KeyStore store = empty();
        int number = 0;
        for (Certificate certificate : certificates(ca.get())) store.setCertificateEntry("ca" + number++, certificate);
        var factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        factory.init(store);
        return factory.getTrustManagers();
    }

    private static KeyManager @Nullable [] show(Optional<Path> folder) throws GeneralSecurityException, IOException {
        Optional<Path> certificate = file(folder, "cert.pem");
        Optional<Path> key = file(folder, "key.pem");
        if (certificate.isEmpty() && key.isEmpty()) return null;
        if (certificate.isEmpty() || key.isEmpty())
            throw new IOException(folder.orElseThrow() + " holds only one of cert.pem and key.pem");
        KeyStore store = empty();
        char[] password = new char[0];
        Certificate[] chain = certificates(certificate.get()).toArray(Certificate[]::new);
        store.setKeyEntry("client", key(key.get()), password, chain);
        var factory = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        factory.init(store, password);
        return factory.getKeyManagers();
    }

    private static PrivateKey key(Path file) throws GeneralSecurityException, IOException {
        try {
            return PemKey.read(Files.readString(file));
        } catch (GeneralSecurityException unreadable) {
            throw new GeneralSecurityException(file + ": " + unreadable.getMessage(), unreadable);
        }
    }

    private static Collection<? extends Certificate> certificates(Path file)
            throws GeneralSecurityException, IOException {
        try (InputStream in = Files.newInputStream(file)) {
            Collection<? extends Certificate> all =
                    CertificateFactory.getInstance("X.509").generateCertificates(in);
            if (all.isEmpty()) throw new IOException(file + " holds no certificate");
            return all;
        }
    }

    private static Optional<Path> file(Optional<Path> folder, String name) {
        return folder.map(it -> it.resolve(name)).filter(Files::exists);
    }

    private static KeyStore empty() throws GeneralSecurityException, IOException {
        KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
        store.load(null, null);
        return store;
    }

    /// Only where the operator said so. The extended form, as Java would check the plain one's host name itself.
    private static final class TrustEverybody extends X509ExtendedTrustManager {
        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type, Socket socket) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type, Socket socket) {}

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type, SSLEngine engine) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type, SSLEngine engine) {}

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type) {}

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
        }
    }
}
