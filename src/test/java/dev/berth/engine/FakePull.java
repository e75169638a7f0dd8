package dev.berth.engine;

import dev.berth.model.Failure;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;

/// A pull that shows its steps, and brings its image at the end of them.
final class FakePull implements EngineStream<PullStep> {
    private final FakeEngine engine;
    private Iterator<PullStep> steps = List.<PullStep>of().iterator();
    private Optional<Failure> lastWords = Optional.empty();
    private Runnable arrival = () -> {};
    private volatile boolean closed;

    FakePull(FakeEngine engine) {
        this.engine = engine;
    }

    void begin(List<PullStep> all, Optional<Failure> last, Runnable onArrival) {
        steps = all.iterator();
        lastWords = last;
        arrival = onArrival;
    }

    @Override
    public Optional<PullStep> next() {
        if (closed) return Optional.empty();
        engine.passStep(() -> closed);
        synchronized (engine) {
            if (closed) return Optional.empty();
            if (engine.isAway()) throw new Failure.EngineNonsense("the engine broke off", null);
            if (steps.hasNext()) return Optional.of(steps.next());
            closed = true;
            if (lastWords.isPresent()) throw lastWords.get();
            arrival.run();
            return Optional.empty();
        }
    }

    @Override
    public void close() {
        closed = true;
        engine.nudgeSteps();
    }
}
