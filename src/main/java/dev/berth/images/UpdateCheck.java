package dev.berth.images;

import dev.berth.mirror.Mirror;
import dev.berth.model.Failure;
import dev.berth.model.ImageRef;
import dev.berth.model.Pause;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;

/// Asks the registries now and then what they hold, so that it shows what is behind. Nothing is pulled.
final class UpdateCheck implements AutoCloseable {
    static final String THREAD = "update check";
    private static final System.Logger LOG = System.getLogger(UpdateCheck.class.getName());
    private static final Duration FIRST_AT_LEAST = Duration.ofMinutes(2);
    private static final Duration FIRST_WITHIN = Duration.ofMinutes(5);
    /// Of the time between two checks, to either side: hosts that were started together must not ask together.
    private static final int JITTER_PERCENT = 10;

    /// The whole registry is the trouble, whatever is asked next.
    private static final Set<String> OF_THE_REGISTRY =
            Set.of("registry-unreachable", "registry-limit", "credential-helper-failed", "engine-timeout");

    private final Mirror mirror;
    private final Registries registries;
    private final Freshness freshness;
    private final Duration every;
    private final Pause pause;
    private final RandomGenerator random;
    private final Thread thread;
    /// What was logged last of each registry in trouble.
    private final Map<String, String> logged = new HashMap<>();

    UpdateCheck(
            Mirror mirror,
            Registries registries,
            Freshness freshness,
            Duration every,
            Pause pause,
            RandomGenerator random) {
        this.mirror = mirror;
        this.registries = registries;
        this.freshness = freshness;
        this.every = every;
        this.pause = pause;
        this.random = random;
        this.thread = Thread.ofVirtual().name(THREAD).unstarted(this::run);
    }

    void start() {
        thread.start();
    }

    private void run() {
        try {
            pause.sleep(between(FIRST_AT_LEAST, FIRST_WITHIN));
            while (true) {
                boolean asked = check();
                Duration jitter = every.multipliedBy(JITTER_PERCENT).dividedBy(100);
                pause.sleep(
                        asked
                                ? between(every.minus(jitter), every.plus(jitter))
                                : between(FIRST_AT_LEAST, FIRST_WITHIN));
            }
        } catch (InterruptedException closing) {
            Thread.currentThread().interrupt();
        }
    }

    private Duration between(Duration least, Duration most) {
        return least.plusMillis(random.nextLong(most.minus(least).toMillis() + 1));
    }

    /// Whether the engine let itself be asked.
    private boolean check() throws InterruptedException {
        var snapshot = mirror.snapshot();
        if (!snapshot.state().connected()) return false;
        Map<String, List<ImageRef>> tags = freshness.available(snapshot).askable().stream()
                .collect(Collectors.groupingBy(ImageRef::domain, TreeMap::new, Collectors.toList()));
        try (var questions = registries.questions(Optional.empty(), 0, () -> false)) {
            for (var one : tags.entrySet())
                report(
                        one.getKey(),
                        ask(one.getValue(), questions),
                        one.getValue().size());
        } catch (Failure.EngineDown away) {
            return false;
        } catch (RuntimeException fault) {
            LOG.log(Level.ERROR, "the check for updates failed", fault);
        }
        logged.keySet().retainAll(new HashSet<>(tags.keySet()));
        return true;
    }

    /// What went wrong last, and for how many tags.
    private record Trouble(Failure last, int tags) {}

    /// Asks one registry for some tags, one after the other.
    private Optional<Trouble> ask(List<ImageRef> tags, Questions questions) throws InterruptedException {
        Optional<Failure> last = Optional.empty();
        int failed = 0;
        for (int i = 0; i < tags.size(); i++) {
            try {
                freshness.learned(tags.get(i), questions.latest(tags.get(i), _ -> {}));
            } catch (Failure.EngineDown away) {
                throw away;
            } catch (Failure failure) {
                last = Optional.of(failure);
                failed++;
                if (OF_THE_REGISTRY.contains(failure.code())) {
                    failed = tags.size() - i;
                    break;
                }
            }
        }
        return failed == 0 ? Optional.empty() : Optional.of(new Trouble(last.orElseThrow(), failed));
    }

    /// Once per registry until it changes: a registry that is away for a week is no news every six hours.
    private void report(String registry, Optional<Trouble> trouble, int tags) {
        Optional<String> code = trouble.map(it -> it.last().code());
        Optional<String> before =
                Optional.ofNullable(code.isPresent() ? logged.put(registry, code.get()) : logged.remove(registry));
        if (code.equals(before)) return;
        if (trouble.isPresent())
            LOG.log(
                    Level.WARNING,
                    "the registry {0} does not say whether there are updates, for {1} of {2} tags: {3}",
                    registry,
                    trouble.get().tags(),
                    tags,
                    trouble.get().last().detail());
        else LOG.log(Level.INFO, "the registry {0} says again whether there are updates", registry);
    }

    @Override
    public void close() {
        thread.interrupt();
    }
}
