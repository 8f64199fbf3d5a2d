from django.db import models


class Meeting(models.Model):
    code = models.CharField(max_length=8, unique=True)
    prompt = models.CharField(max_length=200)


class Voter(models.Model):
    meeting = models.ForeignKey(Meeting, on_delete=models.CASCADE, related_name="voters")
    name = models.CharField(max_length=40)


class Option(models.Model):
    meeting = models.ForeignKey(Meeting, on_delete=models.CASCADE, related_name="options")
    text = models.CharField(max_length=600)


class Vote(models.Model):
    voter = models.OneToOneField(Voter, on_delete=models.CASCADE)
    choices = models.JSONField(default=list)
    at = models.DateTimeField(auto_now=True)
