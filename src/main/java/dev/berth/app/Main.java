package dev.berth.app;

import dev.berth.access.Secret;
import dev.berth.mirror.EngineState;
import dev.berth.model.Failure;
import dev.berth.model.Fault;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.logging.LogManager;

/// Begins and ends the process.
public final class Main {
    private static final int USAGE = 2;
    private static final Duration FIRST_LOOK = Duration.ofSeconds(5);
    private static final PrintStream OUT = System.out;
    private static final PrintStream ERR = System.err;
    private static final String HELP = """
            berth serve [--listen ADDRESS:PORT] [--engine ADDRESS] [--data FOLDER] [--config FILE] [--hosts NAME,…]

              --listen   where to listen; 127.0.0.1:8473 if not given       BERTH_LISTEN
              --engine   unix:///path/to.sock, tcp://host:2376; DOCKER_HOST
                         or the usual socket if not given                   BERTH_ENGINE
              --data     folder for what must outlive the process;
                         /var/lib/berth, or the user's state folder         BERTH_DATA
              --config   file with lines such as: listen = 0.0.0.0:8473     BERTH_CONFIG
              --hosts    further host names this server is asked under      BERTH_HOSTS

            Further settings, such as stats.history-bytes, are in docs/operations.md. Each may stand in the file, in the
            environment (BERTH_STATS_HISTORY_BYTES) or on the command line (--stats.history-bytes).

            BERTH_TOKEN presets the token; else one is made at the first start and kept in the data folder.
            """;

    private Main() {}

    public static void main(String[] arguments) throws InterruptedException {
        List<String> words = Arrays.asList(arguments);
        if (words.contains("--help") || words.contains("-h") || words.equals(List.of("help"))) {
            OUT.print(HELP);
        } else if (words.equals(List.of("--version")) || words.equals(List.of("version"))) {
            OUT.println("berth " + Machine.here().version());
        } else if (!words.isEmpty() && words.getFirst().equals("serve")) {
            System.exit(serve(words.subList(1, words.size())));
        } else {
            ERR.print(HELP);
            System.exit(USAGE);
        }
    }

    private static int serve(List<String> arguments) throws InterruptedException {
        try {
            configureLogging();
            var machine = Machine.here();
            var settings = Settings.read(arguments, System.getenv(), machine.hostname());
            try (var data = DataFolder.open(settings.data())) {
                return serve(settings, machine, data);
            }
        } catch (Failure.Invalid invalid) {
            for (Fault fault : invalid.faults())
                ERR.println("berth: " + (fault.field().isEmpty() ? "" : fault.field() + ": ") + fault.problem());
            return USAGE;
        } catch (IOException unusable) {
            ERR.println("berth: " + unusable.getMessage() + " ("
                    + unusable.getClass().getSimpleName() + ")");
            return 1;
        }
    }

    private static int serve(Settings settings, Machine machine, DataFolder data)
            throws IOException, InterruptedException {
        var random = new SecureRandom();
        boolean made = settings.token().isEmpty() && !data.hasToken();
        Secret token = settings.token().isPresent() ? settings.token().get() : data.token(random);
        var app = new App(settings, machine, token, data.serverId(random), data.endedCleanly());
        try {
            app.start();
        } catch (RuntimeException taken) {
            ERR.println("berth: cannot listen on " + settings.server().host() + ":"
                    + settings.server().port() + ": " + rootOf(taken));
            return 1;
        }
        Runtime.getRuntime().addShutdownHook(Thread.ofPlatform().unstarted(() -> stop(app, data)));
        new Welcome(OUT, settings, app.port(), data.tokenFile()).say(made ? token.reveal() : "", look(app));
        new CountDownLatch(1).await(); // until the hook ends the process
        return 0;
    }

    private static void stop(App app, DataFolder data) {
        app.close();
        try {
            data.endClean();
        } catch (IOException unwritable) {
            ERR.println("berth: " + unwritable.getMessage() + "; the next start will look twice");
        }
        Runtime.getRuntime().halt(0); // asked to stop, and stopped: that is no failure
    }

    /// The state of the engine, as soon as there is something to say.
    private static EngineState look(App app) throws InterruptedException {
        Instant until = Instant.now().plus(FIRST_LOOK);
        EngineState state = app.mirror().snapshot().state();
        while (!state.connected() && Instant.now().isBefore(until)) {
            Thread.sleep(20);
            state = app.mirror().snapshot().state();
        }
        return state;
    }

    private static String rootOf(Throwable thrown) {
        Throwable root = thrown;
        while (root.getCause() != null) root = root.getCause();
        return String.valueOf(root.getMessage());
    }

    /// Ours, unless the one who started the process has a configuration of their own.
    private static void configureLogging() throws IOException {
        if (System.getProperty("java.util.logging.config.file") != null) return;
        try (InputStream configuration = Main.class.getResourceAsStream("/logging.properties")) {
            if (configuration != null) LogManager.getLogManager().readConfiguration(configuration);
        }
    }
}
