package framebuffer.wire.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import framebuffer.wire.CameraNeed;
import framebuffer.wire.EntryId;
import framebuffer.wire.Golden;
import framebuffer.wire.Keys;
import framebuffer.wire.Noise;
import framebuffer.wire.TraceContext;
import java.lang.reflect.Method;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Single values: times, entry ids, fields and names. */
class ScalarsTest {

    @RepeatedTest(500)
    void aMomentSurvivesTheRoundTripToTheMicrosecond(RepetitionInfo seed) {
        Instant moment = Instant
                .ofEpochSecond(new Noise(seed.getCurrentRepetition()).random().nextLong(253_402_300_800L))
                .plus(seed.getCurrentRepetition() * 1_999L, ChronoUnit.MICROS);
        assertThat(Timestamps.parse(Timestamps.micros(moment))).isEqualTo(moment);
        assertThat(Timestamps.parse(moment.toString())).isEqualTo(moment);
    }

    @RepeatedTest(2_000)
    void anyTextIsAMomentWithinTheBoundsOrNone(RepetitionInfo seed) {
        Noise noise = new Noise(seed.getCurrentRepetition());
        String text = new String(noise.mutated(Golden.utf8(noise.random().nextBoolean()
                ? "2026-11-23T12:00:00.123456+05:30"
                : "1763899200.123456")), StandardCharsets.UTF_8);
        Instant moment = Timestamps.parse(text);
        if (moment != null) {
            assertThat(moment).isBetween(Instant.EPOCH, Instant.parse("9999-12-31T23:59:59.999999999Z"));
        }
        TraceContext.parse(text);
        TraceContext.parseJson(noise.mutated(Golden.utf8(TraceContext.random().json())));
        byte[] header = noise.mutated(Golden.utf8(TraceContext.random().traceparent()));
        assertThat(TraceContext.parse(header))
                .isEqualTo(TraceContext.parse(new String(header, StandardCharsets.ISO_8859_1)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"0-0", "1763899200123-7", "18446744073709551615-18446744073709551615"})
    void anEntryIdIsWrittenAsItWasRead(String text) {
        assertThat(EntryId.parse(text)).hasToString(text).isEqualTo(EntryId.parse(Fields.utf8(text)));
        assertThat(EntryId.parse(text).toBytes()).asString(StandardCharsets.UTF_8).isEqualTo(text);
        StringBuilder written = new StringBuilder();
        EntryId.parse(text).appendTo(written);
        assertThat(written).hasToString(text);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "-", "1-", "-1", "1-2-3", "+1-0", "a", "1 -0", "\u0661-0", "18446744073709551616"})
    void whatIsNoEntryIdIsSaidToBeNone(String text) {
        assertThatThrownBy(() -> EntryId.parse(text)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> EntryId.parse(Fields.utf8(text))).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void entryIdsAreOrderedWithoutSign() {
        EntryId last = EntryId.parse("18446744073709551615-0");
        assertThat(List.of(last, EntryId.parse("5-18446744073709551615"), EntryId.parse("5"), EntryId.FIRST).stream()
                .sorted().map(EntryId::toString).toList())
                .containsExactly("0-0", "5-0", "5-18446744073709551615", "18446744073709551615-0");
    }

    @Test
    void ofANameGivenTwiceTheLastCounts() {
        Fields fields = Fields.ofText("a", "1", "b", "2", "a", "3");
        assertThat(fields.text("a")).isEqualTo("3");
        assertThat(fields.text("c")).isNull();
        assertThat(fields.without(FieldNames.of("a")).putIfPresent("c", null).fields())
                .isEqualTo(Fields.ofText("b", "2"));
        assertThat(fields.bytes()).isEqualTo(6);
        assertThat(fields.flat()).hasSize(6);
        assertThat(fields).hasSameHashCodeAs(Fields.ofText("a", "1", "b", "2", "a", "3"))
                .isNotEqualTo(Fields.ofText("a", "1"));
    }

    @Test
    void aFieldNameIsFoundAmongThoseOfItsLength() {
        FieldNames names = FieldNames.of("one", "two", "three");
        assertThat(Stream.of("one", "two", "three", "six", "", "a long name")
                .map(name -> names.indexOf(Fields.utf8(name))))
                .containsExactly(0, 1, 2, -1, -1, -1);
    }

    @Test
    void fieldsAreTheSameFromAReplyAndInACommand() {
        Fields fields = Fields.ofText("a", "1", "b", "2");
        assertThat(Fields.ofParts(fields.flat())).isEqualTo(fields);
        List<Object> line = new ArrayList<>(List.of("XADD"));
        fields.addTo(line);
        assertThat(line).hasSize(5).endsWith((Object) fields.value(1));
        assertThatThrownBy(() -> Fields.ofParts(List.of(new byte[0]))).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> Fields.ofParts(List.of("a", "b"))).isInstanceOf(ClassCastException.class);
    }

    @Test
    void whatWasReadOnceIsNotChangedByWhatIsAddedLater() {
        Fields.Writer writer = new Fields.Writer(2).put("a", "1");
        Fields one = writer.fields();
        Fields two = writer.put("b", "2").fields();
        writer.put("c", "3");
        assertThat(one).isEqualTo(Fields.ofText("a", "1"));
        assertThat(two).isEqualTo(Fields.ofText("a", "1", "b", "2"));
    }

    @Test
    void longValuesAreNotShown() {
        assertThat(Fields.ofText("a", "1", "data", "x".repeat(101))).hasToString("{a=1, data=101 bytes}");
    }

    @Test
    void aNameWithoutAValueIsRefused() {
        List<byte[]> odd = List.of(new byte[0]);
        assertThatThrownBy(() -> Fields.ofFlat(odd)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void everyKeyBeginsWithThePrefix() throws ReflectiveOperationException {
        // Behind a gate, the service and the producers have a capture stream each.
        Keys keys = new Keys("{p0}", true);
        List<String> all = new ArrayList<>(List.of(keys.queue("frames:ready:a"), keys.pixels("f")));
        for (Method key : Keys.class.getDeclaredMethods()) {
            if (key.getReturnType() == String.class && key.getParameterCount() == 0
                    && !List.of("prefix", "toString").contains(key.getName())) {
                all.add((String) key.invoke(keys));
            }
        }
        assertThat(all).hasSizeGreaterThan(20).doesNotHaveDuplicates().allMatch(key -> key.startsWith("{p0}"));
        assertThat(Keys.DEFAULT.capture()).isEqualTo("frames:capture");
        assertThat(Keys.DEFAULT.pixels("f")).isEqualTo("frame:f");
        assertThat(Keys.DEFAULT.deadLetter()).isEqualTo("frames:dead-letter");
        assertThat(Keys.DEFAULT.registry()).isEqualTo("processors:registry");
    }

    @Test
    void aWrongValueIsShownCutAndWithoutControlCharacters() {
        assertThat(FieldReader.shown("a\0\n")).isEqualTo("\"a??\"");
        assertThat(FieldReader.shown("\uD83D\uDCF7".repeat(60))).doesNotContain("…");
        assertThat(FieldReader.shown("x".repeat(61))).isEqualTo("\"" + "x".repeat(60) + "…\"");
    }

    @Test
    void aRefusalGoesThroughAndSaysEverything() {
        Decoded<String> invalid = new Decoded.Invalid<>(
                List.of(new Decoded.FieldProblem("a", "is missing"), new Decoded.FieldProblem("b", "is odd")));
        assertThat(invalid.then(text -> new Decoded.Valid<>(1))).isInstanceOfSatisfying(Decoded.Invalid.class,
                still -> assertThat(still.detail()).isEqualTo("a is missing; b is odd"));
    }

    @Test
    void aCamerasNeedIsReadAsItWasWrittenWhateverTheCameraIsCalled() {
        for (String camera : List.of("yard", "a b", "two\nlines", "\n", "f\u00fc\u00df")) {
            for (String capability : List.of("", "face", "face: left")) {
                CameraNeed need = new CameraNeed(camera, capability);
                assertThat(CameraNeed.parse(need.encode())).isEqualTo(need);
            }
        }
        assertThat(CameraNeed.parse("not ours")).isEqualTo(new CameraNeed("not ours", ""));
    }

    @Test
    void anEscapedEmojiIsANameOfJson() {
        byte[] escaped = "{\"\\ud83d\\ude00\": 1}".getBytes(StandardCharsets.UTF_8);
        assertThat(Objects.requireNonNull(Json.object(escaped)).path("\ud83d\ude00").asInt()).isOne();
    }
}
