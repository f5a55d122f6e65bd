"""Whatever a table is like, a project reads it as it was meant, or says what is wrong with it."""

import bz2
import codecs
import lzma
from pathlib import Path
from typing import Any

import packages
import pandas as pd
import pyarrow
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pyarrow import parquet

pytestmark = pytest.mark.usefixtures("empty_folder")

FILE, PARQUET, OUT = Path("days.csv"), Path("days.parquet"), Path("out.csv")
DAYS = "sky,heat,cones\nsun,24.5,3\nrain,18.1,2\ncloud,20,1\n"
GERMAN = "himmel;grad\nschön;24,5\ntrüb;18,1\nföhnig;20\n"
POINTER = b"version https://git-lfs.github.com/spec/v1\noid sha256:a\nsize 9\n"


def write(content: str | bytes, path: Path = FILE) -> Path:
    """Write a file, and return its path."""
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
def test_the_separator_is_found(load: packages.Import, separator: str) -> None:
    detect = load("data.dialect").detect

    assert detect(write(DAYS.replace(",", separator))).separator == separator


@pytest.mark.parametrize(
    ("content", "encoding"),
    [
        (DAYS.encode("utf-8-sig"), "utf-8-sig"),
        (DAYS.encode("utf-16"), "utf-16"),
        (codecs.BOM_UTF16_BE + DAYS.encode("utf-16-be"), "utf-16"),
        (DAYS.encode("utf-32"), "utf-32"),
        (codecs.BOM_UTF32_BE + DAYS.encode("utf-32-be"), "utf-32"),
        (GERMAN.encode(), "utf-8"),
        (GERMAN.encode("latin-1"), "cp1252"),
        ("café\n".encode("latin-1"), "cp1252"),
        ("heat (°C),rain\n24,1\n".encode("latin-1"), "cp1252"),
        ("cone,price\nbig,5 €\n".encode("cp1252"), "cp1252"),
        ("Bank\xa0Name,City\xa0\nFirst–Citizens,Raleigh\n".encode("cp1252"), "cp1252"),
        ("небо;градус\nсолнце;24\nдождь;18\n".encode("cp1251"), "cp1251"),
        ("πόλη;βαθμός\nΑθήνα;3\nΠάτρα;4\n".encode("cp1253"), "cp1253"),
        ("空;度\n晴れ;24\n雨;18\n".encode("shift_jis"), "shift_jis"),
        ("データ,値\nテスト,3\nアイテム,4\n".encode("shift_jis"), "shift_jis"),
        ("도시,인구\n서울,3\n부산,4\n".encode("euc_kr"), "euc_kr"),
        ("城市,人口\n臺北,3\n高雄,4\n".encode("big5"), "big5"),
    ],
)
def test_the_encoding_is_found(load: packages.Import, content: bytes, encoding: str) -> None:
    assert load("data.dialect").detect(write(content)).encoding == encoding


def test_a_letter_on_the_edge_of_the_sample_does_no_harm(load: packages.Import) -> None:
    dialect = load("data.dialect")
    edge = ("sun,1\n" * dialect.SAMPLE)[: dialect.SAMPLE - 1] + "ö,2\n"

    assert dialect.detect(write(edge)).encoding == "utf-8"


@pytest.mark.parametrize(
    ("separator", "cells", "notation"),
    [
        (";", ["24,5", "18"], (",", None)),
        (";", ["24.5", "18"], (".", None)),
        (";", ["12.500", "950"], (",", ".")),
        (";", ["0.125", "1.234"], (".", None)),
        (";", ["1 234,5", "950"], (",", " ")),
        (";", ["1\u202f234,5", "950"], (",", "\u202f")),
        (";", ["31.12.2026", "1.5.2026"], (".", None)),
        (";", [" 18", "-7"], (".", None)),
        ("\t", ["12,500", "950"], (".", ",")),
        (",", ["1,234.50", "950"], (".", ",")),
        (",", ["1,234,567"], (".", ",")),
        (",", ["24,5", "18"], (",", None)),
        (",", ["1'234.50", "950"], (".", "'")),
        (",", ["12.500", "950"], (".", None)),
        (",", ["1,5", "2.5"], (".", None)),
    ],
)
def test_how_numbers_are_written_is_found_from_all_of_them(
    load: packages.Import, separator: str, cells: list[str], notation: tuple[str, str | None]
) -> None:
    columns = [pd.Series(cells, dtype="string"), pd.Series(["sun", "rain"], dtype="string")]

    assert load("data.notation").find_notation(columns, separator) == notation


@pytest.mark.parametrize(
    ("days", "formats"),
    [
        (["2026-05-01", "2026-05-31T02:00:00Z"], [""]),
        (["31/12/2026", "01/07/2026"], ["%d/%m/%Y"]),
        (["01/07/2026", "12/31/2026"], ["%m/%d/%Y"]),
        (["01.07.2026", "02.07.2026"], ["%d.%m.%Y", "%m.%d.%Y"]),
        (["1.7.2026 08:30", "31.7.2026 09:00"], ["%d.%m.%Y %H:%M"]),
        (["3 May 2026", "31 June 2026"], []),
        (["3 May 2026", "30 June 2026"], ["%d %B %Y"]),
        (["31/12/2026", "12/31/2026"], []),
        (["12/21/16", "1/3/17"], ["%m/%d/%y"]),
        (["1.2.21", "31.1.21"], ["%d.%m.%y"]),
        (["1/2/21", "3/4/21"], ["%d/%m/%y", "%m/%d/%y"]),
        (["3-Nov-23", "15-Jan-99"], ["%d-%b-%y"]),
        (["7/1/62", "8/31/04"], []),
        (["05/31/2021 12:05:00 AM", "5/1/2021 03:45:00 PM"], ["%m/%d/%Y %I:%M:%S %p"]),
        (["5/31/21 3:45 pm", "6/1/21 1:45 AM"], ["%m/%d/%y %I:%M %p"]),
        (["January-2005", "May-2006"], ["%B-%Y"]),
    ],
)
def test_how_dates_are_written_is_found_from_all_of_them(
    load: packages.Import, days: list[str], formats: list[str]
) -> None:
    assert load("data.notation").find_formats(pd.Series(days)) == formats


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "the file is empty"),
        (b"\x00\x01\x02", "this is not CSV but binary data"),
        (DAYS.encode("utf-16-le"), "binary data, or UTF-16 without its mark"),
        (b"\xd0\xcf\x11\xe0 and more", "not CSV but an old Excel workbook; save the sheet as CSV"),
        (b"\x1f\x8b and more", "not CSV but compressed; unpack it"),
        (bz2.compress(b"heat"), "not CSV but compressed; unpack it"),
        (lzma.compress(b"heat"), "not CSV but compressed; unpack it"),
        (b"\x28\xb5\x2f\xfd of zstd", "not CSV but compressed; unpack it"),
        (b"PAR1 and more", "not CSV but Parquet; give it the suffix .parquet"),
        (b'{"sky": "sun"}\n', "not CSV but JSON; convert it to CSV"),
    ],
)
def test_another_format_is_refused_with_the_remedy(
    load: packages.Import, content: bytes, message: str
) -> None:
    with pytest.raises(load("errors").ProjectError, match=f"^days.csv: .*{message}"):
        load("data.dialect").detect(write(content))


def test_a_header_may_begin_with_a_bracket(load: packages.Import) -> None:
    assert load("data.dialect").detect(write("[mm],heat\n1,24.5\n")).separator == ","


def test_a_column_called_pk_is_no_workbook(load: packages.Import) -> None:
    assert load("data.dialect").detect(write("PK,heat\n1,24.5\n")).separator == ","


def test_a_folder_is_no_table(load: packages.Import) -> None:
    with pytest.raises(load("errors").ProjectError, match="^.: cannot be read: Is a directory"):
        load("data.dialect").detect(Path("."))


@pytest.mark.parametrize(
    ("content", "columns"),
    [
        ("NA,heat\n1,2\n", {"NA": [1], "heat": [2]}),
        (b"\xef\xbb\xbfheat\n2\n", {"heat": [2]}),
        ('sky,heat\n"sun,\nrain",3\n', {"sky": ["sun,\nrain"], "heat": [3]}),
        ("heat,sky\n1\n2,sun\n", {"heat": [1, 2], "sky": [None, "sun"]}),
        ("sky\nnone\n-\n007\n1.50\n", {"sky": ["none", "-", "007", "1.50"]}),
        ("heat\n2.45e1\n 18\n", {"heat": [24.5, 18]}),
    ],
    ids=["a column NA", "a mark", "lines in a cell", "a short row", "words", "odd numbers"],
)
def test_odd_cells_are_read_as_they_are_meant(
    load: packages.Import, content: str | bytes, columns: dict[str, list[Any]]
) -> None:
    tables, dialect = load("data.tables"), load("data.dialect").Dialect()

    rows = tables.read(write(content), dialect, types=dict.fromkeys({"sky"} & set(columns), str))

    assert rows.astype(object).where(rows.notna(), None).to_dict("list") == columns
    assert tables.header(FILE, dialect) == list(columns)


def test_ten_thousand_columns_are_columns(load: packages.Import) -> None:
    path = write(",".join(f"c{number}" for number in range(10_000)) + "\n")

    assert len(load("data.tables").header(path, load("data.dialect").Dialect())) == 10_000


@pytest.mark.parametrize(
    ("path", "content", "message"),
    [
        (FILE, 'heat,cones\n20,"1\n', "cannot be read as a table: .*EOF inside string"),
        (FILE, POINTER, "only its pointer in Git LFS; `git lfs pull`"),
        (PARQUET, POINTER, "only its pointer in Git LFS; `git lfs pull`"),
        (PARQUET, DAYS, "cannot be read as a table: .*"),
        (PARQUET, None, "no such file; data/README.md says how to get it"),
    ],
)
def test_what_is_no_table_is_named(
    load: packages.Import, path: Path, content: str | bytes | None, message: str
) -> None:
    if content is not None:
        write(content, path)

    with pytest.raises(load("errors").ProjectError, match=f"^{path}: {message}") as refused:
        load("data.tables").read(path, load("data.dialect").Dialect(), types=None)

    assert "\n" not in str(refused.value)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("heat,cones\n", "there are no rows below the header"),
        ("temperature,cones\n20,1\n", "there is no column `heat`; there are temperature, cones"),
        (None, "no such file; data/README.md says how to get it"),
    ],
)
def test_what_is_missing_is_named_with_the_file(
    load: packages.Import, content: str | None, message: str
) -> None:
    usual = {"path": "days.csv", "target": "cones", "task": "regression", "numeric": ["heat"]}
    if content is not None:
        write(content)

    with pytest.raises(load("errors").ProjectError, match=f"^days.csv: {message}$"):
        load("data.dataset").read(load("data.schema").Schema(**usual), FILE)


def test_a_folder_in_the_place_of_a_table_is_named(load: packages.Import) -> None:
    FILE.mkdir()

    with pytest.raises(load("errors").ProjectError, match="days.csv: .*Is a directory"):
        load("data.tables").read(FILE, load("data.dialect").Dialect(), types=None)


def test_two_columns_of_one_name_in_parquet_are_refused(load: packages.Import) -> None:
    parquet.write_table(pyarrow.table([[1], [2]], names=["heat", "heat"]), PARQUET)

    with pytest.raises(load("errors").ProjectError, match="two columns are called `heat`"):
        load("data.tables").header(PARQUET, load("data.dialect").Dialect())


@pytest.mark.parametrize(
    ("role", "cells", "values"),
    [
        ("numeric", [" 18", "2.45e1", True], [18, 24.5, 1]),
        ("datetime", [20260501, 20260531], ["2026-05-01", "2026-05-31"]),
        ("datetime", ["2026-05-01", "2026-05-31T00:00:00Z"], ["2026-05-01", "2026-05-31"]),
        ("categorical", [float("nan")] * 2, [None, None]),
    ],
)
def test_odd_cells_get_the_type_of_their_role(
    load: packages.Import, role: str, cells: list[Any], values: list[Any]
) -> None:
    converted = convert(load, role, cells)

    texts = converted.astype(str) if role == "datetime" else converted.astype(object)
    assert texts.where(converted.notna(), None).tolist() == values


@pytest.mark.parametrize(
    ("role", "first", "value"),
    [
        ("numeric", "20", "-inf"),
        ("numeric", "20", "1 000"),
        ("datetime", "2026-05-01", "soon"),
        ("datetime", "2026-05-01", "9999-12-31"),
        ("datetime", "2026-05-01", "31/05/2026"),
    ],
)
def test_a_cell_that_does_not_fit_its_role_is_named(
    load: packages.Import, role: str, first: str, value: str
) -> None:
    with pytest.raises(load("errors").ProjectError, match=f"row 2: column `heat` holds '{value}'"):
        convert(load, role, [first, value])


def convert(load: packages.Import, role: str, cells: list[Any]) -> Any:
    """Return the column `heat`, converted by its only role."""
    values: dict[str, Any] = {"path": "", "target": "cones", "task": "classification"}
    values["numeric"] = ["rain"]
    values[role] = {"heat": ["day"]} if role == "datetime" else ["heat"]
    schema = load("data.schema").Schema(**values)
    return load("data.conversion").convert(pd.DataFrame({"heat": cells}), schema, FILE)["heat"]


@pytest.mark.parametrize(
    ("name", "cells", "role"),
    [
        ("heat", ["-3e2", " 7", "", "NA"], "numeric"),
        ("heat", ["123456789012345678901234", "1"], "numeric"),
        ("day", ["20260501", "20260502"], "numeric"),
        ("day", ["05/01/2026", "05/31/2026"], "datetime"),
        ("day", ["2026-05-01", "2026-02-30"], "categorical"),
        ("postcode", ["01067", "80331"], "categorical"),
        ("month", ["May", "June"], "categorical"),
        ("open", ["True", "False", ""], "categorical"),
        ("sold", ["12/21/16", "1/3/17"], "datetime"),
        ("heat", ["24.5", " ", r"\N"], "ignored"),
        ("heat", ["24.5", "18", " ", r"\N"], "numeric"),
        ("ID", [str(number) for number in range(40)], "identifier"),
        ("__index_level_0__", [str(number) for number in range(40)], "identifier"),
        ("key", [str(number) for number in range(40)], "identifier"),
        ("paid", [str(number) for number in range(40)], "numeric"),
        ("monkey", [str(number) for number in range(40)], "numeric"),
        ("humid", [str(number) for number in range(40)], "numeric"),
        ("volcano", [str(number) for number in range(40)], "numeric"),
    ],
)
def test_odd_columns_are_described(
    load: packages.Import, name: str, cells: list[str], role: str
) -> None:
    write(f"{name},wind,cones\n" + "".join(f"{cell},1.{n},0.{n}\n" for n, cell in enumerate(cells)))

    described = load("data.description").describe(FILE, "cones", print)

    assert described.table()["role"][name] == role


def test_a_column_of_numbers_with_many_gaps_of_its_own_is_named(load: packages.Import) -> None:
    cells = [*map(str, range(40, 80)), *["?"] * 10]
    write("heat,cones\n" + "".join(f"{cell},0.{n}\n" for n, cell in enumerate(cells)))
    describe = load("data.description").describe

    assert (
        "but 10 of 50 cells are not, such as '?'" in describe(FILE, "cones", print).reasons["heat"]
    )
    with pytest.raises(load("errors").ProjectError, match="such as '[?]'; choose another, or mend"):
        describe(FILE, "heat", print)


@pytest.mark.parametrize("cell", ["{} €", "1.{},50 €", "−{},5", "1,23,4{}", "$ {}", "{}%"])
def test_numbers_with_signs_are_named(load: packages.Import, cell: str) -> None:
    prices = [cell.format(n) for n in range(100, 140)]
    write("price;cones;heat\n" + "".join(f"{each};{n};{n}.5\n" for n, each in enumerate(prices)))

    reasons = load("data.description").describe(FILE, "cones", print).reasons

    assert reasons["price"].startswith("looks like numbers, but 40 of 40 cells are not")


def test_the_parts_of_a_date_are_those_of_its_order(load: packages.Import) -> None:
    days = [f"{n}/7/{2025 + n % 2}" for n in range(1, 13)]
    write("day,cones\n" + "".join(f"{day},0.{n}\n" for n, day in enumerate(days)))

    described = load("data.description").describe(FILE, "cones", print, day_first=False)

    assert described.schema.datetime == {"day": ("month", "dayofweek")}


def test_a_date_beyond_the_nanoseconds_is_named(load: packages.Import) -> None:
    days = [*pd.date_range("2026-01-01", periods=30).as_unit("us"), pd.Timestamp("9999-12-31")]
    table = pyarrow.table({"until": pyarrow.array(days, "timestamp[us]"), "cones": range(31)})
    parquet.write_table(table, PARQUET)

    described = load("data.description").describe(PARQUET, "cones", print)

    assert list(described.schema.datetime) == ["until"]
    with pytest.raises(load("errors").ProjectError, match="row 31: column `until` holds .*9999"):
        load("data.dataset").read(described.schema, PARQUET)


def test_nested_cells_of_parquet_are_described(load: packages.Import) -> None:
    rows = {"cones": [1.5, 2.5, 3], "heat": [1, 2, 2], "skies": [["sun"], [], None]}
    pd.DataFrame(rows).to_parquet(PARQUET)

    described = load("data.description").describe(PARQUET, "cones", print)

    assert described.schema.categorical == ("skies",)


@pytest.mark.parametrize("cell", ["a,b", 'a"b', "a\nb", "a\rb", "", "größe", " a ", "'"])
def test_any_text_is_written_as_it_is(load: packages.Import, cell: str) -> None:
    rows = pd.DataFrame({"sky": ["sun", cell], "heat, at noon": ["1", "2"]})

    load("data.writing").write(OUT, iter([rows, rows]))

    batches = load("data.tables").batches(OUT, load("data.dialect").Dialect())
    assert next(batches)[0].equals(pd.concat([rows, rows], ignore_index=True))


def test_what_cannot_be_written_leaves_the_old_file(
    load: packages.Import, monkeypatch: pytest.MonkeyPatch
) -> None:
    def run_out_of_space(*_: object) -> None:
        raise OSError(28, "No space left on device")

    write("old\n", OUT)
    monkeypatch.setattr("os.replace", run_out_of_space)

    with pytest.raises(load("errors").ProjectError, match="out.csv: cannot be written: No space l"):
        load("data.writing").write(OUT, iter([pd.DataFrame({"heat": [1]})]))

    assert OUT.read_text() == "old\n"
    assert list(Path().iterdir()) == [OUT]


names = st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=8)
texts = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=6)
numbers = st.floats(-1e6, 1e6).map(str) | st.integers(-9, 9).map(str)
days = st.dates().map(str) | st.datetimes().map(str)
cells = st.sampled_from([texts, numbers, days, st.sampled_from(["a", "b"])])
columns = cells.flatmap(lambda cell: st.lists(cell | st.just(""), min_size=24, max_size=24))


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    table=st.dictionaries(names, columns, min_size=1, max_size=4),
    separator=st.sampled_from([",", ";", "\t", "|"]),
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "utf-16"]),
)
def test_any_table_can_be_described_and_read_or_it_is_said_what_is_wrong(
    load: packages.Import, table: dict[str, list[str]], separator: str, encoding: str
) -> None:
    pd.DataFrame(table).to_csv(FILE, index=False, sep=separator, encoding=encoding)
    target, file = next(iter(table)), Path("dataset.yaml")
    try:
        described = load("data.description").describe(FILE, target, print)
        file.write_text(load("data.dataset_file").compose(described, "days.csv"), encoding="utf-8")
        schema = load("data.schema").load(file)
        rows = load("data.dataset").read(schema, FILE)
    except load("errors").ProjectError as error:
        assert str(FILE) in str(error)
    else:
        assert set(rows) == {*schema.features, *schema.dates, target}
