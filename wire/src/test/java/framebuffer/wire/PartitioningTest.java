package framebuffer.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A camera has one partition, the same for all callers. */
class PartitioningTest {

    static Stream<Named<JsonNode>> vectors() {
        return Golden.vectors("partitions.json");
    }

    @ParameterizedTest
    @MethodSource("vectors")
    void aCameraIsInThePartitionThatOtherLanguagesFindToo(JsonNode vector) {
        assertThat(vector.path("partition_of").properties()).hasSize(6).allSatisfy(
                count -> assertThat(Partitioning.tagged("", Integer.parseInt(count.getKey()))
                        .of(vector.path("camera_id").asText())).isEqualTo(count.getValue().asInt()));
    }

    @ParameterizedTest
    @CsvSource({"camera-%d, 2", "camera-%d, 3", "cam-%02d, 4", "hall/%d, 8", "10.0.0.%d, 16"})
    void camerasOfUsualNamesAreSpreadEvenly(String form, int count) {
        Partitioning partitions = Partitioning.tagged("", count);
        Map<Integer, Long> cameras = IntStream.range(0, 1_000).mapToObj(form::formatted)
                .collect(Collectors.groupingBy(partitions::of, Collectors.counting()));
        assertThat(cameras).hasSize(count);
        assertThat(cameras.values()).allSatisfy(
                found -> assertThat((double) found * count / 1_000).isBetween(0.75, 1.25));
    }

    @Test
    void onePartitionHasPlainNamesAndSeveralAreToldApart() {
        assertThat(Partitioning.whole("shop:").keys(0).capture()).isEqualTo("shop:frames:capture");
        assertThat(Partitioning.tagged("shop:", 3).all()).extracting(Keys::capture).containsExactly(
                "shop:{p0}frames:capture", "shop:{p1}frames:capture", "shop:{p2}frames:capture");
    }

    @ParameterizedTest
    @ValueSource(ints = {-1, 0, 257})
    void thereAreNoSuchNumbersOfPartitions(int count) {
        assertThatThrownBy(() -> Partitioning.tagged("", count)).hasMessageContaining("1 to 256");
    }

    @Test
    void whatWouldPutAllPartitionsIntoOneSlotIsRefused() {
        assertThatThrownBy(() -> Partitioning.tagged("{shop}", 2)).hasMessageContaining("must not contain {");
        assertThatThrownBy(() -> new Partitioning("", 2, false)).hasMessageContaining("told apart");
        assertThatThrownBy(() -> Partitioning.tagged("", 2).keys(2)).hasMessageContaining("no partition 2 of 2");
    }
}
