"""How often the server calls an English comment foreign and notices a foreign one, and what it costs.

    GOEMOX_DATA=... python benchmarks/language_hint.py

English: GoEmotions' comments, which people labelled as English (dev; train beside it). Foreign: sentences of
two to six words in fifteen languages, written for this, such as somebody would leave as a comment. Memory is
what loading adds to the process, and at most added while it loads. Prints and writes
results/language_hint.json.
"""

from __future__ import annotations

import json
import os
import platform
import resource
import statistics
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from goemox.data.goemotions import read_split
from goemox.profiling.language import ENGLISH, UNLIKELY, LanguageReader

OUTPUT = Path(__file__).parent / "results" / "language_hint.json"
WORDS = ((1, 2), (3, 4), (5, 9), (10, 999))  # of a text, as split at white space
LENGTHS = (18, 100, 1_000, 10_000)  # characters of the texts that are timed
FOREIGN = {
    "de": "das ist ja richtig toll, danke|warum machst du so etwas|bin so wütend|keine Ahnung, was das ist",
    "fr": "merci beaucoup pour ton aide|pourquoi tu fais ça|je suis vraiment désolé|c'est n'importe quoi",
    "es": "muchas gracias por tu ayuda|por qué haces eso|estoy muy enojado|qué vergüenza me da",
    "it": "grazie mille per il tuo aiuto|perché lo hai fatto|sono molto triste oggi|che bella sorpresa",
    "pt": "muito obrigado pela ajuda|por que você fez isso|estou muito triste hoje|que surpresa boa",
    "nl": "heel erg bedankt voor je hulp|waarom doe je dat nou|ik ben echt boos|wat een leuke verrassing",
    "pl": "bardzo dziękuję za pomoc|dlaczego to zrobiłeś|jestem dzisiaj smutny|co za niespodzianka",
    "sv": "tack så mycket för hjälpen|varför gör du så|jag är riktigt arg|vilken rolig överraskning",
    "tr": "yardımın için çok teşekkürler|neden böyle yapıyorsun|bugün çok üzgünüm|ne güzel bir sürpriz",
    "id": "terima kasih atas bantuannya|kenapa kamu melakukan itu|saya sedih sekali|kejutan yang indah",
    "ru": "большое спасибо за помощь|почему ты так делаешь|мне очень грустно|какой сюрприз",
    "zh": "非常感谢你的帮助|你为什么这样做|我今天很难过|真是个惊喜",
    "ja": "助けてくれてありがとう|どうしてそんなことするの|今日はとても悲しい|なんて素敵な驚き",
    "ar": "شكرا جزيلا على مساعدتك|لماذا تفعل ذلك|أنا حزين جدا اليوم|يا لها من مفاجأة",
    "hi": "आपकी मदद के लिए बहुत धन्यवाद|तुम ऐसा क्यों करते हो|मैं आज बहुत दुखी हूँ|क्या सुखद आश्चर्य है",
}  # fmt: skip


def main() -> int:
    before, most = resident_mb(), resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    began = time.process_time()
    reader = LanguageReader()
    load_s = time.process_time() - began
    after = resident_mb()
    most = max(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024 - before, most - before)
    folder = Path(os.environ["GOEMOX_DATA"]) / "goemotions"
    english = {
        name: called(reader, [record.text for record in read_split(folder, name)])
        for name in ("dev", "train")
    }
    foreign = [sentence for sentences in FOREIGN.values() for sentence in sentences.split("|")]
    found = {
        "date": datetime.now(UTC).date().isoformat(),
        "machine": f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores",
        "rule": f"not English where English has less than {UNLIKELY:g} probability",
        "english": english,
        "foreign": {"n": len(foreign), "noticed": sum(is_foreign(reader, text) for text in foreign)},
        "missed": [text for text in foreign if not is_foreign(reader, text)],
        "load_cpu_s": round(load_s, 2), "memory_mb": round(after - before), "memory_most_mb": round(most),
        "ms_by_characters": {n: round(milliseconds(reader, n), 3) for n in LENGTHS},
    }  # fmt: skip
    OUTPUT.write_text(json.dumps(found, ensure_ascii=False, indent=1) + "\n", "utf-8")
    print(json.dumps(found, ensure_ascii=False, indent=1))
    return 0


def is_foreign(reader: LanguageReader, text: str) -> bool:
    found = reader.reading(text)
    return found is not None and found.code != ENGLISH


def called(reader: LanguageReader, texts: Sequence[str]) -> dict[str, object]:
    """How many English texts are called foreign, in all and by their words; of how many nothing is said."""
    rows = [(len(text.split()), is_foreign(reader, text), reader.reading(text) is None) for text in texts]
    by_words = {
        f"{low} to {high}": {
            "n": sum(low <= n <= high for n, _, _ in rows),
            "foreign": sum(wrong for n, wrong, _ in rows if low <= n <= high),
        }
        for low, high in WORDS
    }
    return {
        "n": len(rows), "foreign": sum(wrong for _, wrong, _ in rows),
        "undecided": sum(silent for _, _, silent in rows), "by_words": by_words,
    }  # fmt: skip


def milliseconds(reader: LanguageReader, characters: int, repeats: int = 301) -> float:
    """The median of so many readings."""
    text = ("This is a comment about nothing in particular. " * 300)[:characters]
    taken = []
    for _ in range(repeats):
        began = time.perf_counter()
        reader.reading(text)
        taken.append(time.perf_counter() - began)
    return statistics.median(taken) * 1_000


def resident_mb() -> float:
    return int(Path("/proc/self/statm").read_text().split()[1]) * resource.getpagesize() / 2**20


if __name__ == "__main__":
    raise SystemExit(main())
