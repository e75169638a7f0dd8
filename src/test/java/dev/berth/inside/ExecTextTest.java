package dev.berth.inside;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.berth.model.Faults;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/// What is kept of an output, and how long a terminal may idle.
class ExecTextTest {
    private final AtomicLong budget = new AtomicLong(100);

    private ExecText text(int most, String written) {
        var text = new ExecText(most, budget);
        text.add(written.getBytes(UTF_8));
        return text;
    }

    @Test
    void aTextIsCutBetweenCharacters() {
        assertEquals("abc", text(3, "abc").text());
        assertFalse(text(3, "abc").truncated());
        assertEquals("ab", text(2, "abc").text());
        assertTrue(text(2, "abc").truncated());
        assertEquals("a", text(2, "aü").text());
        assertEquals("aü", text(3, "aüx").text());
        assertEquals("a", text(4, "a😀").text());
        assertEquals("😀", text(4, "😀a").text());
        assertEquals("", text(2, "€").text());
    }

    @Test
    void whatIsNoUtf8IsReplaced() {
        var text = new ExecText(10, budget);
        text.add(new byte[] {'a', (byte) 0xFF, 'b'});
        assertEquals("a\uFFFDb", text.text());
    }

    @Test
    void allCommandsTogetherKeepNoMoreThanTheirBudget() {
        ExecText first = text(80, "x".repeat(80));
        ExecText second = text(80, "y".repeat(80));
        assertFalse(first.truncated());
        assertTrue(second.truncated());
        first.giveBack();
        second.giveBack();
        assertEquals(100, budget.get());
    }

    @Test
    void aTerminalIdlesHalfAnHourUnlessToldOtherwise() {
        var faults = new Faults();
        assertEquals(
                Duration.ofMinutes(30),
                TerminalSettings.read(_ -> Optional.empty(), faults).idle());
        assertEquals(
                Duration.ofSeconds(5),
                TerminalSettings.read(_ -> Optional.of("5"), faults).idle());
        assertFalse(faults.any());
        for (String wrong : new String[] {"0", "-1", "1h", "604801", ""})
            assertEquals(TerminalSettings.DEFAULTS, TerminalSettings.read(_ -> Optional.of(wrong), faults));
        assertEquals(5, faults.found().size());
        assertEquals("terminal.idle-seconds", faults.found().getFirst().field());
    }
}
