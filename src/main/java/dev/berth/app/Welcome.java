package dev.berth.app;

import dev.berth.mirror.EngineState;
import java.io.Console;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.Optional;

/// What a person who has just started the server wants to know.
record Welcome(PrintStream out, Settings settings, int port, Path tokenFile) {
    /// @param madeToken the token that was made at this start, else empty; shown on a terminal only, and only once
    void say(String madeToken, EngineState engine) {
        String address = "http://" + host() + ":" + port;
        boolean terminal = isTerminal();
        String secret = settings.token().isPresent() ? "$BERTH_TOKEN" : "$(cat " + tokenFile + ")";
        out.println("Berth serves on " + address);
        out.println(
                engine.connected()
                        ? "  engine  connected"
                        : "  engine  " + engine.kind().word()
                                + engine.message().map(it -> ": " + it).orElse("") + "; Berth goes on trying");
        out.println("  open    " + address + "/" + (terminal && !madeToken.isEmpty() ? "#token=" + madeToken : ""));
        if (settings.token().isEmpty()) out.println("  token   in " + tokenFile);
        out.println("  try     curl -s -H \"Authorization: Bearer " + secret + "\" " + address + "/container");
        out.flush();
    }

    private static boolean isTerminal() {
        return Optional.ofNullable(System.console()).filter(Console::isTerminal).isPresent();
    }

    /// Where this machine reaches it.
    private String host() {
        String host = settings.server().host();
        if (host.equals("0.0.0.0") || host.equals("::")) return "127.0.0.1";
        return host.contains(":") ? "[" + host + "]" : host;
    }
}
