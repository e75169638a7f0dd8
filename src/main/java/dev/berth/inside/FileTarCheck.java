package dev.berth.inside;

import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/// Follows a tar that passes by, header by header, to know at its end whether it is whole.
final class FileTarCheck {
    /// Two empty blocks end a tar.
    private static final int END = 2;

    private final byte[] header = new byte[FileTar.BLOCK];
    private int known;
    private long toSkip;
    private int empty;
    private boolean behindTheEnd;
    /// The attributes for the next file, as far as they have come, and how many of their bytes have.
    private Optional<byte[]> attributes = Optional.empty();

    private int collected;
    private Optional<Long> sizeAhead = Optional.empty();

    /// Takes what comes next.
    ///
    /// @throws dev.berth.model.Failure.EngineNonsense if it is no tar
    void pass(byte[] bytes, int count) {
        int at = 0;
        while (at < count) at += toSkip > 0 ? skip(bytes, at, count - at) : head(bytes, at, count - at);
    }

    /// Whether it has ended as a tar does, and with nothing behind.
    boolean whole() {
        return empty >= END && known == 0 && !behindTheEnd;
    }

    private int skip(byte[] bytes, int at, int left) {
        int count = (int) Math.min(toSkip, left);
        attributes.ifPresent(into -> {
            int wanted = Math.min(count, into.length - collected);
            System.arraycopy(bytes, at, into, collected, wanted);
            collected += wanted;
        });
        toSkip -= count;
        if (toSkip == 0) attributes.ifPresent(this::read);
        return count;
    }

    private int head(byte[] bytes, int at, int left) {
        int count = Math.min(header.length - known, left);
        System.arraycopy(bytes, at, header, known, count);
        known += count;
        if (known == header.length) {
            known = 0;
            block();
        }
        return count;
    }

    private void block() {
        if (FileTar.isEmpty(header)) {
            empty++;
            return;
        }
        if (empty > 0) {
            behindTheEnd = true;
            return;
        }
        FileTar.Block block = FileTar.block(header);
        if (block.type() == 'x') {
            attributes = Optional.of(new byte[FileTar.extension(block.size())]);
            collected = 0;
            toSkip = FileTar.padded(block.size());
        } else if (block.type() == 'g' || block.type() == 'L' || block.type() == 'K') {
            toSkip = FileTar.padded(block.size());
        } else {
            toSkip = block.hasBody() ? FileTar.padded(sizeAhead.orElse(block.size())) : 0;
            sizeAhead = Optional.empty();
        }
    }

    private void read(byte[] bytes) {
        Map<String, String> read = new TreeMap<>();
        FileTar.attributes(bytes, read);
        sizeAhead = Optional.ofNullable(read.get("size")).map(FileTar::decimal);
        attributes = Optional.empty();
    }
}
