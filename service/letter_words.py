"""The fixed words of letters, in all four languages."""

from __future__ import annotations

from collections.abc import Mapping

WORDS: Mapping[str, Mapping[str, str]] = {
    "zh-Hans": {
        "restricted": "一件仅限指定人员查看的事项",
        "notice": "通知",
        "soon": "即将到期 · 第 {level} 级",
        "overdue": "已超时 · 第 {level} 级",
        "state": "当前环节：{state}",
        "promise": "时限：{promise}",
        "due": "应于 {at} 前完成",
        "role": "您收到此消息的身份：{role}",
    },
    "zh-Hant": {
        "restricted": "一件僅限指定人員檢視的事項",
        "notice": "通知",
        "soon": "即將到期 · 第 {level} 級",
        "overdue": "已逾時 · 第 {level} 級",
        "state": "目前環節：{state}",
        "promise": "時限：{promise}",
        "due": "應於 {at} 前完成",
        "role": "您收到此訊息的身分：{role}",
    },
    "en": {
        "restricted": "A matter that only certain people may see",
        "notice": "Notice",
        "soon": "Due soon · level {level}",
        "overdue": "Overdue · level {level}",
        "state": "State: {state}",
        "promise": "Promise: {promise}",
        "due": "Due: {at}",
        "role": "You are told as: {role}",
    },
    "es": {
        "restricted": "Un asunto que solo pueden ver ciertas personas",
        "notice": "Aviso",
        "soon": "Vence pronto · nivel {level}",
        "overdue": "Vencido · nivel {level}",
        "state": "Estado: {state}",
        "promise": "Compromiso: {promise}",
        "due": "Vence: {at}",
        "role": "Recibe este aviso como: {role}",
    },
}
