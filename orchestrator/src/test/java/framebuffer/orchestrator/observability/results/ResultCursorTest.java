package framebuffer.orchestrator.observability.results;

import static org.assertj.core.api.Assertions.assertThat;

import framebuffer.wire.EntryId;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ResultCursorTest {
    @Test
    void itIsReadBack() {
        ResultCursor cursor = new ResultCursor(List.of(EntryId.parse("1764072000000-0"), EntryId.parse("0-0"),
                EntryId.parse("1764072000000-35"), ResultPages.END));
        assertThat(cursor).hasToString("mieix6o0.0.mieix6o0-z.3w5e11264sgsf-3w5e11264sgsf");
        assertThat(ResultCursor.parse(cursor.toString(), 4)).isEqualTo(cursor);
    }

    @Test
    void thatOfTheMostPartitionsFitsIntoARequest() {
        ResultCursor cursor = new ResultCursor(Collections.nCopies(256, EntryId.parse("1764072000000-99")));
        assertThat(cursor.toString()).hasSizeLessThan(3_100);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "1..2", ".", "1-", "-1", "+1.1", "1.1.1", "1.1-2-3", "1.~",
            "1.zzzzzzzzzzzzz", "1.00000000000001"})
    void whatIsNoneOfTwoPartitionsIsRefused(String text) {
        assertThat(ResultCursor.parse(text, 2)).isNull();
    }
}
