"""Bulk 2.0 jobs of the simulated Salesforce: a CSV file in, three CSV files out, worked through between two looks."""

import csv
import io
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from tests.servers.salesforce_org import Org, OrgError

MOST_TEXT = 32_000
_ENDINGS = {"LF": "\n", "CRLF": "\r\n"}


@dataclass
class Job:
    """One job. `failed` rows are kept with their errors, in an order of the org's own."""

    id: str
    about: dict[str, Any]
    state: str = "Open"
    rows: list[dict[str, str]] = field(default_factory=list)
    names: list[str] = field(default_factory=list)
    done: list[tuple[str, bool, dict[str, str]]] = field(default_factory=list)
    failed: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    looks: int = 0

    def told(self) -> dict[str, Any]:
        return {
            **self.about,
            "id": self.id,
            "state": self.state,
            "jobType": "V2Ingest",
            "apiVersion": 60.0,
            "numberRecordsProcessed": len(self.done) + len(self.failed),
            "numberRecordsFailed": len(self.failed),
        }


class Jobs:
    """The jobs of an org. `looks` is how often one is seen at work before it is over; `is_open`: jobs are taken."""

    def __init__(self, org: Org) -> None:
        self._org = org
        self.jobs: dict[str, Job] = {}
        self.looks = 2
        self.is_open = True
        self.stops_after: int | None = None

    def answer(self, method: str, rest: list[str], body: bytes) -> tuple[int, Any]:
        match method, rest:
            case "POST", []:
                return 200, self._opened(json.loads(body)).told()
            case "PUT", [job_id, "batches"]:
                self._filled(self._job(job_id), body.decode("utf-8"))
                return 201, None
            case "PATCH", [job_id]:
                return 200, self._set(self._job(job_id), json.loads(body)["state"]).told()
            case "GET", [job_id]:
                return 200, self._looked(self._job(job_id)).told()
            case "DELETE", [job_id]:
                del self.jobs[self._job(job_id).id]
                return 204, None
            case "GET", [job_id, which]:
                return 200, self._results(self._job(job_id), which.lower())
        raise OrgError(405, "METHOD_NOT_ALLOWED", f"HTTP Method '{method}' not allowed.")

    def _job(self, job_id: str) -> Job:
        if job_id not in self.jobs:
            raise OrgError(404, "NOT_FOUND", "The requested resource does not exist")
        return self.jobs[job_id]

    def _opened(self, given: Mapping[str, Any]) -> Job:
        if not self.is_open:
            raise OrgError(400, "FEATURENOTENABLED", "Bulk API is not enabled for this user")
        if given.get("operation") not in {"insert", "update"} or given.get("contentType", "CSV") != "CSV":
            raise OrgError(400, "INVALIDJOB", "the simulator inserts and updates only")
        if given.get("columnDelimiter", "COMMA") != "COMMA" or given.get("lineEnding", "LF") not in _ENDINGS:
            raise OrgError(400, "INVALIDJOB", "the simulator reads commas only")
        self._org.fields_of(given["object"])
        job = Job(f"750{len(self.jobs):012d}AAA", dict(given))
        self.jobs[job.id] = job
        return job

    def _filled(self, job: Job, text: str) -> None:
        if job.state != "Open" or job.rows:
            raise OrgError(400, "INVALIDJOBSTATE", "one upload for each job")
        reader = csv.DictReader(io.StringIO(text, newline=""), strict=True)
        job.names = list(reader.fieldnames or [])
        job.rows = list(reader)

    def _set(self, job: Job, state: str) -> Job:
        allowed = {"UploadComplete": {"Open"}, "Aborted": {"Open", "UploadComplete", "InProgress"}}
        if job.state not in allowed.get(state, set()):
            raise OrgError(400, "INVALIDJOBSTATE", f"a job that is {job.state} cannot become {state}")
        job.state = state
        return job

    def _looked(self, job: Job) -> Job:
        job.looks += 1
        if job.state == "UploadComplete":
            job.state = "InProgress"
        elif job.state == "InProgress" and job.looks > self.looks:
            self._work(job)
        return job

    def _work(self, job: Job) -> None:
        known = self._org.fields_of(job.about["object"])
        if not set(job.names) <= set(known):
            job.state = "Failed"
            job.about["errorMessage"] = "InvalidBatch : Field name not found"
            return
        job.state = "JobComplete"
        for number, row in enumerate(job.rows):
            if number == self.stops_after:
                job.state = "Failed"
                return
            try:
                job.done.append(self._write(job, row))
            except OrgError as error:
                job.failed.insert(0, (f"{error.code}:{error.message}:{','.join(error.fields)} --", row))

    def _write(self, job: Job, row: Mapping[str, str]) -> tuple[str, bool, dict[str, str]]:
        name = job.about["object"]
        known = self._org.fields_of(name)
        body: dict[str, Any] = {}
        for item, text in row.items():
            if text == "" or item == "Id":
                continue
            if len(text) > MOST_TEXT:
                raise OrgError(400, "STRING_TOO_LONG", f"{item}: data value too large", (item,))
            value: Any = None if text == "#N/A" else text
            if value is not None and known[item].type == "currency":
                value = float(text)
            body[item] = value
        if job.about["operation"] == "insert":
            return self._org.create(name, body), True, dict(row)
        self._org.update(name, row["Id"], body, None)
        return row["Id"], False, dict(row)

    def _results(self, job: Job, which: str) -> str:
        if job.state not in {"JobComplete", "Failed", "Aborted"}:
            raise OrgError(400, "INVALIDJOBSTATE", "the job is not over")
        text = io.StringIO(newline="")
        table = csv.writer(text, quoting=csv.QUOTE_ALL, lineterminator="\n")
        if which == "failedresults":
            table.writerow(["sf__Id", "sf__Error", *job.names])
            for error, row in job.failed:
                table.writerow([row.get("Id", ""), error, *(row[name] for name in job.names)])
        elif which == "successfulresults":
            table.writerow(["sf__Id", "sf__Created", *job.names])
            for record_id, is_new, row in job.done:
                table.writerow([record_id, str(is_new).lower(), *(row[name] for name in job.names)])
        elif which == "unprocessedrecords":
            table.writerow(job.names)
            for row in job.rows[len(job.done) + len(job.failed) :]:
                table.writerow([row[name] for name in job.names])
        else:
            raise OrgError(404, "NOT_FOUND", "The requested resource does not exist")
        return text.getvalue()
