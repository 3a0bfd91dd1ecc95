package framebuffer.wire.text;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PrintableTest {
    @ParameterizedTest
    @ValueSource(strings = {"\n", "\r", "\t", "\u0000", "\u001b", "\u007f", "\u009b", "\u0085", "\u200b", "\u2028",
            "\u2029",
            "\u202e", "\u2066", "\ufeff", "\ud800", "\udb40\udc01"})
    void whatIsNotPrintableBecomesAQuestionMark(String unsafe) {
        assertThat(Printable.line("a" + unsafe + "b")).isEqualTo("a?b");
    }

    @Test
    void allElseStays() {
        String text = "Küche ? 厨房 😀 [31m";
        assertThat(Printable.line(text)).isSameAs(text);
        assertThat(Printable.json(text)).isSameAs(text);
    }

    @Test
    void jsonStaysTheSameJson() {
        String json = "{\n\t\"id\": \"a\u009b\u202e\udb40\udc01\"}";
        assertThat(Printable.json(json)).isEqualTo("{\n\t\"id\": \"a\\u009b\\u202e\\udb40\\udc01\"}");
    }
}
