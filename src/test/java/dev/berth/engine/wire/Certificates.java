package dev.berth.engine.wire;

import static java.nio.file.StandardCopyOption.REPLACE_EXISTING;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/// Authorities and who they speak for, made by openssl in a folder.
public record Certificates(Path folder) {
    /// An authority: `NAME.pem` and `NAME.key`.
    public void authority(String name) throws Exception {
        openssl("req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=%1$s -keyout %1$s.key -out %1$s.pem"
                .formatted(name));
    }

    /// Somebody with an RSA key: `NAME.crt` and `NAME.key`.
    public void identity(String name, String authority, String extra) throws Exception {
        openssl("req -newkey rsa:2048 -nodes -subj /CN=%1$s -keyout %1$s.key -out %1$s.csr".formatted(name));
        sign(name, authority, extra);
    }

    /// The same who may speak for `127.0.0.1`.
    public void server(String name, String authority) throws Exception {
        Files.writeString(folder.resolve("san"), "subjectAltName=IP:127.0.0.1\n");
        identity(name, authority, "-extfile san");
    }

    /// `NAME.crt` for `NAME.csr`.
    public void sign(String name, String authority, String extra) throws Exception {
        openssl("x509 -req -in %1$s.csr -CA %2$s.pem -CAkey %2$s.key -CAcreateserial -days 2 -out %1$s.crt %3$s"
                .formatted(name, authority, extra));
    }

    public void openssl(String arguments) throws Exception {
        Process process = new ProcessBuilder(("openssl " + arguments).strip().split(" ", -1))
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertEquals(0, process.waitFor(), said);
    }

    /// A folder as Docker's: whom to trust and what to show.
    public Path show(String identity, String authority) throws IOException {
        Path certificates = trust(authority, "show-" + identity + "-" + authority);
        Files.copy(folder.resolve(identity + ".crt"), certificates.resolve("cert.pem"), REPLACE_EXISTING);
        Files.copy(folder.resolve(identity + ".key"), certificates.resolve("key.pem"), REPLACE_EXISTING);
        return certificates;
    }

    /// A folder as Docker's, with nothing to show.
    public Path trust(String authority, String name) throws IOException {
        Path certificates = Files.createDirectories(folder.resolve(name));
        Files.copy(folder.resolve(authority + ".pem"), certificates.resolve("ca.pem"), REPLACE_EXISTING);
        return certificates;
    }
}
