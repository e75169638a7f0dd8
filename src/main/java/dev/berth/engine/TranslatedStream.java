package dev.berth.engine;

import dev.berth.engine.wire.Refused;
import dev.berth.engine.wire.WireStream;
import dev.berth.json.Json;
import dev.berth.model.Failure;
import java.util.Optional;
import java.util.function.Function;

/// A stream of the engine's in our words.
final class TranslatedStream<T> implements EngineStream<T> {
    private final WireStream wire;
    private final Function<Json, Step<T>> reader;
    private final Function<Refused, Failure> refusal;

    /// @param refusal what it means when the engine will not begin
    TranslatedStream(WireStream wire, Function<Json, Step<T>> reader, Function<Refused, Failure> refusal) {
        this.wire = wire;
        this.reader = reader;
        this.refusal = refusal;
    }

    /// What a line of the stream comes to.
    sealed interface Step<T> {
        /// An item.
        record Item<T>(T value) implements Step<T> {}

        /// Nothing that concerns us.
        record Skip<T>() implements Step<T> {}

        /// The last line that matters.
        record End<T>() implements Step<T> {}
    }

    /// Waits until the engine has agreed.
    void open() {
        try {
            wire.open();
        } catch (Refused refused) {
            wire.close();
            throw refusal.apply(refused);
        } catch (Failure broken) {
            wire.close();
            throw broken;
        }
    }

    @Override
    public Optional<T> next() {
        try {
            while (true) {
                Optional<Json> line = wire.next();
                if (line.isEmpty()) return Optional.empty();
                switch (reader.apply(line.get())) {
                    case Step.Item<T>(T value) -> {
                        return Optional.of(value);
                    }
                    case Step.Skip<T>() -> {}
                    case Step.End<T>() -> {
                        wire.close();
                        return Optional.empty();
                    }
                }
            }
        } catch (Refused refused) {
            throw refusal.apply(refused);
        } catch (Failure broken) {
            wire.close();
            throw broken;
        }
    }

    @Override
    public void close() {
        wire.close();
    }
}
